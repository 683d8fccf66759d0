// Keeps the amount on the button equal to the ticked invoices. Without it the page works the same: the amount
// is computed again by the server and shown before anything is confirmed.
const form = document.querySelector("form[data-currency]");
const shown = form?.querySelector("[data-total]");

function units(text, digits) {
  const [whole, part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(digits, "0").slice(0, digits));
}

function update() {
  const digits = Number(form.dataset.digits);
  const ticked = [...form.querySelectorAll("input[name=invoice]:checked")];
  const sum = ticked.reduce((total, box) => total + units(box.dataset.amount, digits), 0n);
  const amount = digits ? `${sum / 10n ** BigInt(digits)}.${String(sum % 10n ** BigInt(digits)).padStart(digits, "0")}` : String(sum);
  const format = new Intl.NumberFormat(form.dataset.locale, { style: "currency", currency: form.dataset.currency });
  shown.textContent = format.format(amount);
  form.querySelector("button").disabled = ticked.length === 0;
}

if (form && shown) {
  form.addEventListener("change", update);
  addEventListener("pageshow", update);
}
