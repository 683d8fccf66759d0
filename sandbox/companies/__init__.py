"""The companies whose books the sandbox's Xero keeps: invented, or read from a file."""

from sandbox.companies.company import Company
from sandbox.companies.errors import UnusableCompanyError
from sandbox.companies.generator import generate
from sandbox.companies.loading import load_company

__all__ = ["Company", "UnusableCompanyError", "generate", "load_company"]
