// Refreshes the preview while a text is typed: the step that has the focus, on the chosen customer.
(() => {
  const form = document.querySelector("form[data-preview]");
  const place = document.getElementById("preview");
  if (!form || !place) return;
  let step = Number(form.querySelector("details[open]")?.dataset.step ?? 0);
  let waiting;
  let latest = 0;

  async function refresh() {
    const mine = ++latest;
    const typed = new FormData(form);
    typed.set("place", step);
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(typed) });
      if (answer.ok && !answer.redirected && mine === latest) place.innerHTML = await answer.text();
    } catch { /* the button still works */ }
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 400);
  }

  form.addEventListener("input", soon);
  form.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.dataset.step) follow(event.target);
  }, true);
  form.addEventListener("focusin", (event) => follow(event.target.closest("[data-step]")));

  function follow(field) {
    if (!field || Number(field.dataset.step) === step) return;
    step = Number(field.dataset.step);
    soon();
  }
})();
