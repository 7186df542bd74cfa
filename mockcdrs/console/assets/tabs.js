// Tabs by the pattern that screen readers know: one stop for the tab key, arrows between them.

export function makeTabs(tablist, route) {
  const tabs = [...tablist.querySelectorAll("[role=tab]")];
  const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  function show() {
    for (const tab of tabs) {
      const isChosen = panelOf(tab).id === route.view;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      panelOf(tab).hidden = !isChosen;
    }
  }

  function choose(tab) {
    tab.focus();
    route.go(panelOf(tab).id);
  }

  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  tablist.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target);
    const to = { Home: 0, End: tabs.length - 1 }[event.key] ?? (event.key in steps ? at + steps[event.key] : null);
    if (to === null) return;
    event.preventDefault();
    choose(tabs.at(to % tabs.length));
  });
  tablist.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab);
  });
  route.addEventListener("change", show);
  show();
}
