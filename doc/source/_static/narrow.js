// A table that is wider than a narrow page, or that gets shorter by it, has its
// cells one below the other, see custom.css. Each then needs the name of its
// column.
for (const table of document.querySelectorAll('article table.docutils')) {
  const names = [...table.querySelectorAll('thead th')].map(
    (cell) => cell.textContent.trim()
  );
  for (const row of table.querySelectorAll('tbody tr')) {
    [...row.cells].forEach((cell, column) => {
      if (names[column]) cell.dataset.name = names[column];
    });
  }
  const fits = table.offsetWidth <= table.parentElement.clientWidth;
  const height = table.offsetHeight;
  table.classList.add('stacked');
  if (fits && table.offsetHeight >= height) table.classList.remove('stacked');
}
