"use strict";
// What every table and figure of the page can do: be sorted, and be saved as a file.

(function () {
  const name = (text) => text.trim().replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 80) || "table";

  function save(text, type, file) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    element("a", { href: address, download: file }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  function button(label, said, act) {
    const made = element("button", { type: "button", "aria-label": said }, label);
    made.addEventListener("click", act);
    return made;
  }

  // The heading above a table or a figure, which names its file.
  function heading(of) {
    const figure = of.closest("figure");
    if (figure) return figure.querySelector("h3").textContent;
    const section = of.closest("section");
    let found = section.querySelector("h2").textContent;
    for (const one of section.querySelectorAll("h3")) {
      if (one.compareDocumentPosition(of) & Node.DOCUMENT_POSITION_FOLLOWING) found = `${section.id} ${one.textContent}`;
    }
    return found;
  }

  const rows = (table) => Array.from(table.rows, (row) => Array.from(row.cells, (cell) => cell.dataset.text || cell.textContent.trim()));
  const csv = (table) => rows(table).map((row) => row.map((text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",")).join("\n") + "\n";

  function latex(table) {
    const escaped = (text) => text.replace(/[\\&%$#_{}~^]/g, (c) => ({ "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" }[c] || `\\${c}`));
    const [head, ...body] = rows(table).map((row) => row.map(escaped).join(" & ") + " \\\\");
    const columns = Array.from(table.rows[1]?.cells || table.rows[0].cells, (cell) => (cell.className === "number" ? "r" : "l")).join("");
    return ["\\begin{tabular}{" + columns + "}", "\\toprule", head, "\\midrule", ...body, "\\bottomrule", "\\end{tabular}", ""].join("\n");
  }

  const number = (text) => {
    const plain = text.replaceAll(",", "").replace("−", "-").replace(/^[<+]/, "").replace(/ ?%$/, "");
    return plain === "" || Number.isNaN(Number(plain)) ? null : Number(plain);
  };

  // The rows in the order of a column: numbers by value, text by letters, what is neither last.
  function sort(table, column, header) {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const turn = down ? -1 : 1;
    const keyed = Array.from(table.tBodies[0].rows, (row) => ({ row, text: row.cells[column].textContent.trim() }));
    keyed.sort((a, b) => {
      const [x, y] = [number(a.text), number(b.text)];
      if (x === null && y === null) return turn * a.text.localeCompare(b.text);
      if (x === null || y === null) return x === null ? 1 : -1;
      return turn * (x - y);
    });
    table.tBodies[0].append(...keyed.map((one) => one.row));
  }

  for (const table of document.querySelectorAll("#summary table, #significance table, #provenance table")) {
    if (!table.tHead) continue;
    Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
      const text = header.textContent;
      header.dataset.text = text;
      header.replaceChildren(button(text, `sort by ${text}`, () => sort(table, column, header)));
    });
    const title = heading(table), line = element("p", { class: "tools" });
    line.append(
      button("CSV", `save ${title} as CSV`, () => save(csv(table), "text/csv", `${name(title)}.csv`)),
      button("LaTeX", `save ${title} as LaTeX`, () => save(latex(table), "text/x-tex", `${name(title)}.tex`)),
    );
    table.parentElement.after(line);
  }

  for (const figure of document.querySelectorAll("#figures figure")) {
    const drawing = figure.querySelector("svg");
    if (!drawing) continue;
    const title = heading(drawing), line = element("p", { class: "tools" });
    line.append(button("SVG", `save ${title} as SVG`, () => {
      const copy = drawing.cloneNode(true), shown = getComputedStyle(document.body);
      copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
      copy.style.color = shown.color;
      copy.style.background = shown.backgroundColor;
      for (const variable of ["--page", "--blue"]) {
        copy.style.setProperty(variable, getComputedStyle(document.documentElement).getPropertyValue(variable));
      }
      save(new XMLSerializer().serializeToString(copy), "image/svg+xml", `${name(title)}.svg`);
    }));
    figure.append(line);
  }
})();
