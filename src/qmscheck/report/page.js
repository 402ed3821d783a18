"use strict";
(function () {
  var form = document.getElementById("filter");
  var shown = document.getElementById("shown");
  var cards = Array.prototype.slice.call(document.querySelectorAll("[data-verdict]"));
  function filter() {
    var verdict = form.elements.verdict.value;
    var clause = form.elements.clause.value;
    var count = 0;
    cards.forEach(function (card) {
      var clauses = JSON.parse(card.dataset.clauses);
      var fits = (!verdict || card.dataset.verdict === verdict) && (!clause || clauses.indexOf(clause) >= 0);
      card.hidden = !fits;
      count += fits ? 1 : 0;
    });
    shown.textContent = count + " of " + cards.length + " obligations shown";
  }
  form.hidden = false;
  form.addEventListener("change", filter);
  form.addEventListener("reset", function () { setTimeout(filter, 0); });
  filter();
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.finding, details.obligation").forEach(function (one) { one.open = true; });
  });
})();
