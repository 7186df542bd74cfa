// Who sent a request, in a few words: what its User-Agent says of itself.

const LONGEST = 28;
const BROWSERS = [/(Edg|OPR|Firefox)\/(\d+)/, /(Chrome)\/(\d+)/, /Version\/(\d+)\S* (Safari)/];
const NAMES = { Edg: "Edge", OPR: "Opera" };

export const userAgent = (record) => record.headers["user-agent"] ?? "";

export function clientName(record) {
  const agent = userAgent(record);
  if (agent.startsWith("Mozilla/")) {
    const found = BROWSERS.map((pattern) => pattern.exec(agent)).find(Boolean);
    if (found) {
      const [name, version] = /^\d/.test(found[1]) ? [found[2], found[1]] : [found[1], found[2]];
      return `${NAMES[name] ?? name} ${version}`;
    }
  }
  const product = agent.split(/[\s(;,]/, 1)[0];
  const name = product || agent.trim() || "no User-Agent";
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}
