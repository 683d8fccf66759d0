// Keeps the amount on each button equal to what is ticked and typed. Without it the page works the same: the amount
// is computed again by the server and shown before anything is confirmed.
const AMOUNT = /^(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,4}))?$/;

const OTHER_MARK = { ".": ",", ",": "." };

// What was typed with a comma before the cents, as if with a point.
function plain(text, mark) {
  return mark === "," ? text.replaceAll(/[.,]/g, (one) => OTHER_MARK[one]) : text;
}

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
    return units(part ? plain(part.value, form.dataset.mark) : box.dataset.amount, digits);
  });
  for (const button of form.querySelectorAll("button")) button.disabled = amounts.length === 0;
  const isReadable = !amounts.includes(null);
  const sum = isReadable ? amounts.reduce((total, each) => total + each, 0n) : 0n;
  const added = surcharge(form, sum);
  show(form, "[data-total]", isReadable ? sum + added : null);
  show(form, "[data-surcharge]", isReadable ? added : null);
  show(form, "[data-plain-total]", isReadable ? sum : null);
}

// What a card adds, as the server reckons it: rates in millionths, rounded down to what a card can be charged.
function surcharge(form, sum) {
  const line = form.querySelector("[data-surcharge]");
  if (!line) return 0n;
  const [percent, most, fixed, step] = ["percent", "most", "fixed", "step"].map((name) => BigInt(line.dataset[name]));
  const limits = [sum * percent + fixed * 1000000n, sum * most];
  if (line.dataset.maximum) limits.push(BigInt(line.dataset.maximum) * 1000000n);
  const least = limits.reduce((one, other) => (one < other ? one : other));
  return (least / (1000000n * step)) * step;
}

function show(form, where, units) {
  for (const place of form.querySelectorAll(where)) place.textContent = units === null ? "" : written(form, units);
}

function written(form, sum) {
  const digits = Number(form.dataset.digits);
  const scale = 10n ** BigInt(digits);
  const amount = digits ? `${sum / scale}.${String(sum % scale).padStart(digits, "0")}` : String(sum);
  const format = new Intl.NumberFormat(form.dataset.locale, { style: "currency", currency: form.dataset.currency });
  return format.format(amount);
}

for (const form of document.querySelectorAll("form[data-currency]")) {
  form.addEventListener("input", () => update(form));
  form.addEventListener("change", () => update(form));
  addEventListener("pageshow", () => update(form));
}
