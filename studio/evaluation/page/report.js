(function () {
  var root = document.documentElement;
  function remembered() { try { return localStorage.getItem("medqa-language"); } catch (error) { return null; } }
  function speak(language) {
    root.dataset.lang = language;
    root.lang = language;
    try { localStorage.setItem("medqa-language", language); } catch (error) { /* a page opened from disk may have no storage */ }
  }
  var asked = new URLSearchParams(location.search).get("lang");
  speak(asked === "zh" || asked === "en" ? asked : remembered() || (/^zh/i.test(navigator.language || "") ? "zh" : "en"));
  document.querySelectorAll("[data-to]").forEach(function (button) {
    button.addEventListener("click", function () { speak(button.dataset.to); });
  });
  document.querySelectorAll("[data-show]").forEach(function (button) {
    button.addEventListener("click", function () {
      document.querySelectorAll("[data-show]").forEach(function (other) { other.classList.toggle("on", other === button); });
      document.querySelectorAll(".question").forEach(function (item) {
        item.hidden = button.dataset.show !== "all" && item.dataset.kind !== button.dataset.show;
      });
    });
  });
})();
