// Tabs by the pattern that screen readers know: one stop for the tab key, arrows between them. The address names the
// view, as `#/calls`: not by the id of its panel, which would take the browser's focus there.

export function makeTabs(tablist, onShow) {
  const tabs = [...tablist.querySelectorAll("[role=tab]")];
  const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  let shown = null;

  function show(chosen) {
    if (chosen === shown) return;
    shown = chosen;
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      panelOf(tab).hidden = tab !== chosen;
    }
    onShow(panelOf(chosen).id);
  }

  const named = () => tabs.find((tab) => panelOf(tab).id === location.hash.slice(2));

  function choose(tab) {
    tab.focus();
    show(tab); // at once: the next key may come before the address' change is told
    if (tab !== named()) location.hash = `/${panelOf(tab).id}`;
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
  window.addEventListener("hashchange", () => named() && show(named()));
  show(named() ?? tabs[0]);
}
