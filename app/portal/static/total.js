// Keeps the amount on each button equal to what is ticked and typed. Without it the page works the same: the amount
// is computed again by the server and shown before anything is confirmed.
const AMOUNT = /^(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,4}))?$/;

// In the currency's smallest unit; null where the server would ask again.
function units(text, digits) {
  const found = AMOUNT.exec(text.replaceAll(/\s/g, ""));
  if (!found || (found[1] ?? "").length > digits) return null;
  const [whole, part = ""] = found[0].replaceAll(",", "").split(".");
  return BigInt(whole + part.padEnd(digits, "0"));
}

function chosen(form) {
  return [...form.querySelectorAll("input[name=invoice]")].filter((box) => box.type === "hidden" || box.checked);
}

function update(form) {
  const digits = Number(form.dataset.digits);
  const amounts = chosen(form).map((box) => {
    const part = form.querySelector(`input[name="part-${box.value.slice(0, 36)}"]`);
    return units(part ? part.value : box.dataset.amount, digits);
  });
  const button = form.querySelector("button");
  const shown = form.querySelector("[data-total]");
  button.disabled = amounts.length === 0;
  if (amounts.includes(null)) {
    shown.textContent = "";
    return;
  }
  const sum = amounts.reduce((total, each) => total + each, 0n);
  const scale = 10n ** BigInt(digits);
  const amount = digits ? `${sum / scale}.${String(sum % scale).padStart(digits, "0")}` : String(sum);
  const format = new Intl.NumberFormat(form.dataset.locale, { style: "currency", currency: form.dataset.currency });
  shown.textContent = format.format(amount);
}

for (const form of document.querySelectorAll("form[data-currency]")) {
  form.addEventListener("input", () => update(form));
  form.addEventListener("change", () => update(form));
  addEventListener("pageshow", () => update(form));
}
