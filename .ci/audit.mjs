// Reads a report of known advisories from standard input, as `dotnet list package --vulnerable --format json` (nuget) or `npm audit --json` (npm) writes it, and names them.
// Ends with 1 when one is high or critical, with 3 when the report is none: the registry has not answered.
import { readFileSync } from "node:fs";

const readers = {
  nuget: (report) =>
    Array.isArray(report.projects) &&
    report.projects
      .flatMap((project) => project.frameworks ?? [])
      .flatMap((framework) => [...(framework.topLevelPackages ?? []), ...(framework.transitivePackages ?? [])])
      .flatMap((found) => (found.vulnerabilities ?? []).map((v) => ({ name: `${found.id} ${found.resolvedVersion}`, severity: v.severity, link: v.advisoryurl }))),
  npm: (report) =>
    report.auditReportVersion !== undefined &&
    Object.values(report.vulnerabilities ?? {}).flatMap((found) => {
      const advisories = found.via.filter((via) => typeof via === "object");
      return advisories.map((v) => ({ name: `${found.name} ${v.range}`, severity: v.severity, link: v.url }));
    }),
};

let advisories;
try {
  advisories = readers[process.argv[2]](JSON.parse(readFileSync(0, "utf8")));
} catch (problem) {
  console.error(`No report: ${problem.message}`);
  process.exit(3);
}

if (!advisories) {
  process.exit(3);
}

const lines = new Set(advisories.map((a) => `${String(a.severity).toLowerCase()}: ${a.name} ${a.link}`));
for (const line of [...lines].sort()) {
  console.log(line);
}

process.exit(advisories.some((a) => /^(high|critical)$/i.test(a.severity)) ? 1 : 0);
