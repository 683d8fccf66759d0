// Keeps the count on the confirm button true while rows are ticked and unticked, and sends the list once.
(() => {
  const form = document.querySelector("form[data-confirm]");
  if (!form) return;
  const button = form.querySelector("button[data-count]");
  const ticks = [...form.querySelectorAll("input[name=send]")];

  function count() {
    const ticked = ticks.filter((tick) => tick.checked).length;
    button.textContent = ticked === 0 ? "Leave all of them out" : `Send ${ticked.toLocaleString("en")} reminder${ticked === 1 ? "" : "s"}`;
  }

  form.addEventListener("change", count);
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => { delete form.dataset.sent; count(); });
})();
