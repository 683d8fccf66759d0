// Follows a reading without reloading the page. Stops when it is over, or then loads the page that shows what was read;
// a failed fetch is simply tried again.
(() => {
  const place = document.getElementById("progress");
  if (!place) return;
  // Whoever has pressed a button goes where that leads.
  let isLeaving = false;
  addEventListener("submit", () => { isLeaving = true; });
  const isUnderWay = () => place.querySelector("[data-under-way]");

  async function look() {
    try {
      const answer = await fetch(place.dataset.part, { headers: { Accept: "text/html" } });
      if (isLeaving) return;
      if (answer.redirected) return location.reload();
      if (answer.ok) place.innerHTML = await answer.text();
    } catch { /* offline for a moment */ }
    if (isUnderWay()) setTimeout(look, 1000);
    else if ("thenReload" in place.dataset && !isLeaving) location.reload();
  }

  if (isUnderWay()) setTimeout(look, 1000);
})();
