"""A company's contacts as customers and vendors."""

from datetime import datetime

from sandbox.companies import company as values
from sandbox.companies.company import Company
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Customer, Vendor


class Parties:
    """Enters the contacts, and finds the customer for a contact and a currency.

    A customer of QuickBooks has one currency for ever, so a contact that is invoiced in several becomes
    several customers: "Name", and "Name (EUR)".
    """

    def __init__(self, books: Books, company: Company) -> None:
        self._books, self._company = books, company
        self._contacts = {contact.name: contact for contact in company.contacts}
        self._customers: dict[tuple[str, str], Customer] = {}
        invoiced = _first_currencies(company)
        bills = {invoice.contact for invoice in company.invoices if invoice.type == "ACCPAY"}
        for contact in company.contacts:
            if _is_supplier(contact, contact.name in invoiced, contact.name in bills):
                self._enter_vendor(contact)
            else:
                currency = contact.currency or invoiced.get(contact.name, books.home_currency)
                self._enter(contact, contact.name, currency)

    def customer(self, name: str, currency: str) -> Customer:
        """The contact's customer in this currency; entered now if it is the first document in it."""
        known = self._customers.get((name, currency))
        return known or self._enter(self._contacts[name], f"{name} ({currency})", currency)

    def _enter(self, contact: values.Contact, name: str, currency: str) -> Customer:
        active, moment = contact.status == "ACTIVE", self._moment(contact)
        customer = Customer(
            id=self._books.new_id("Customer"),
            created=moment,
            updated=moment,
            name=name if active else f"{name} (deleted)",
            currency=currency,
            active=active,
            email=_addresses(contact),
            company_name=contact.name,
            given_name=contact.first_name,
            family_name=contact.last_name,
            phone=contact.phone,
            city=contact.city,
            country=contact.country,
        )
        self._books.customers[customer.id] = customer
        self._customers[contact.name, currency] = customer
        return customer

    def _enter_vendor(self, contact: values.Contact) -> None:
        moment = self._moment(contact)
        vendor = Vendor(
            id=self._books.new_id("Vendor"),
            created=moment,
            updated=moment,
            name=contact.name,
            currency=contact.currency or self._books.home_currency,
            active=contact.status == "ACTIVE",
            email=contact.email,
        )
        self._books.vendors[vendor.id] = vendor

    def _moment(self, contact: values.Contact) -> datetime:
        return (contact.updated or self._books.created).replace(microsecond=0)


def _first_currencies(company: Company) -> dict[str, str]:
    """The currency of each contact's first sales document."""
    found: dict[str, str] = {}
    documents: list[values.Invoice | values.CreditNote] = [*company.invoices, *company.credit_notes]
    for document in documents:
        if isinstance(document, values.Invoice) and document.type == "ACCPAY":
            continue
        found.setdefault(document.contact, document.currency)
    return found


def _is_supplier(contact: values.Contact, is_invoiced: bool, sends_bills: bool) -> bool:
    """Companies do not say who is a supplier: it is who sends bills, or is in no document and has no terms."""
    if is_invoiced:
        return False
    return sends_bills or (contact.terms_days is None and contact.status == "ACTIVE")


def _addresses(contact: values.Contact) -> str:
    """The contact's own address and those of the persons that are copied in, as QuickBooks keeps them."""
    others = [person.email for person in contact.persons if person.included]
    return ", ".join(address for address in (contact.email, *others) if address)
