// A table that is wider than a narrow page gets its cells one below the other,
// see custom.css. Each then needs the name of its column.
for (const table of document.querySelectorAll('article table.docutils')) {
  if (table.offsetWidth <= table.parentElement.clientWidth) continue;
  const names = [...table.querySelectorAll('thead th')].map(
    (cell) => cell.textContent.trim()
  );
  for (const row of table.querySelectorAll('tbody tr')) {
    [...row.cells].forEach((cell, column) => {
      if (names[column]) cell.dataset.name = names[column];
    });
  }
  table.classList.add('stacked');
}
