// Cards are dragged between columns, or moved by keyboard: Space lifts, arrows choose the column, Space puts down.
(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const live = document.getElementById("live");
  const columns = [...board.querySelectorAll("[data-stage]")];
  const words = board.dataset;
  const say = (text) => { live.textContent = text; };
  const may = (card, column) => card.dataset.moves.split(" ").includes(column.dataset.stage);
  const name = (column) => column.dataset.name;

  // A move goes through the same form as without a script; the answer is a whole page or a refusal in words.
  async function move(card, column) {
    say(`${card.dataset.name} → ${name(column)} …`);
    const body = new URLSearchParams({ csrf: words.csrf, to: column.dataset.stage, version: card.dataset.version, back: location.pathname + location.search });
    const answer = await fetch(`/deals/${card.dataset.code}/move`, { method: "POST", body, headers: { accept: "application/json" } });
    if (answer.ok) { location.reload(); return true; }
    const refusal = await answer.json().catch(() => ({ detail: words.failed }));
    say([refusal.detail, ...(refusal.problems ?? []).map((problem) => problem.what)].join(" "));
    live.classList.add("due");
    return false;
  }

  function open(card) {
    columns.forEach((column) => column.classList.toggle("open", may(card, column)));
  }
  function shut() {
    columns.forEach((column) => column.classList.remove("open"));
  }

  if (window.Sortable && words.may === "yes") {
    columns.forEach((column) => {
      let home = null;
      Sortable.create(column, {
        group: { name: "deals", put: (to, from, card) => may(card, to.el) },
        draggable: ".deal[data-moves]", sort: false, animation: 120, ghostClass: "ghost", delay: 120, delayOnTouchOnly: true,
        onStart: (event) => { home = event.item.nextElementSibling; open(event.item); },
        onEnd: async (event) => {
          shut();
          if (event.from === event.to) return;
          if (!(await move(event.item, event.to))) event.from.insertBefore(event.item, home);
        },
      });
    });
  }

  let lifted = null;
  let aim = -1;
  function put() {
    lifted?.classList.remove("lifted");
    lifted = null;
    shut();
  }
  board.addEventListener("keydown", (event) => {
    const card = event.target.closest(".deal[data-moves]");
    if (!card || words.may !== "yes") return;
    if (event.key === " " && !lifted) {
      event.preventDefault();
      lifted = card;
      aim = columns.findIndex((column) => column.contains(card));
      card.classList.add("lifted");
      open(card);
      say(words.lifted.replace("{name}", card.dataset.name));
    } else if (lifted && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      event.preventDefault();
      const step = event.key === "ArrowRight" ? 1 : -1;
      for (let next = aim + step; next >= 0 && next < columns.length; next += step) {
        if (may(lifted, columns[next])) { aim = next; break; }
      }
      say(words.aimed.replace("{stage}", name(columns[aim])));
      columns[aim].scrollIntoView({ inline: "nearest", block: "nearest" });
    } else if (lifted && (event.key === " " || event.key === "Enter")) {
      event.preventDefault();
      const chosen = lifted;
      const column = columns[aim];
      put();
      if (!column.contains(chosen)) move(chosen, column);
    } else if (lifted && event.key === "Escape") {
      put();
      say("");
    }
  });
})();
