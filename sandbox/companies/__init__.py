"""The companies whose books the sandbox's ledgers keep: invented, or read from a file."""

from sandbox.companies.american import AMERICAN
from sandbox.companies.british import BRITISH
from sandbox.companies.company import Company
from sandbox.companies.errors import UnusableCompanyError
from sandbox.companies.generator import generate
from sandbox.companies.home import Home
from sandbox.companies.loading import load_company

__all__ = ["AMERICAN", "BRITISH", "Company", "Home", "UnusableCompanyError", "generate", "load_company"]
