// Says that something is under way when the answer to a form takes longer than a moment, and sends a form only once.
(() => {
  const A_MOMENT = 400;
  const GIVEN_UP = 30_000;

  function rest(form) {
    delete form.dataset.busy;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
    form.querySelector(".busy-word")?.remove();
  }

  function show(form, button) {
    if (!("busy" in form.dataset)) return;
    button?.setAttribute("aria-busy", "true");
    const word = document.createElement("span");
    word.className = "busy-word quiet small";
    word.setAttribute("role", "status");
    (button ?? form.lastElementChild).after(word);
    word.textContent = "One moment …";
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if ("busy" in form.dataset) return event.preventDefault();
    form.dataset.busy = "";
    setTimeout(() => show(form, event.submitter), A_MOMENT);
    setTimeout(() => rest(form), GIVEN_UP);
  });
  // Back from the page that a form led to.
  addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-busy]")) rest(form); });
})();
