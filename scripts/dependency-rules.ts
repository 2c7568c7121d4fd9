/** Dependency rules: who may import whom, as a table, and what dependency-cruiser makes of it. */
import type { IForbiddenRuleType, IRegularForbiddenRuleType } from "dependency-cruiser";

// Each step may import the steps above it and nothing of its own step but its own folder.
const steps: readonly (readonly string[])[] = [
  ["platform"],
  ["parties"],
  ["audit", "staff"],
  ["ledger", "catalog", "customers", "desk"],
  ["game-accounts", "inventory", "risk", "notifications", "payments", "suppliers"],
  ["orders", "deposits"],
  ["treasury", "reports"],
  ["api", "discord"],
];

/** The modules of `src/`, lowest first. A folder that is not here may not exist. */
export const modules = steps.flat();

const compositionRoots = "^src/(main\\.ts|cli\\.ts|commands/)";
const tests = "\\.test\\.ts$";
const folder = (names: readonly string[]) => `^src/(${names.join("|")})/`;

const layers = steps.flatMap((step, index) =>
  step.flatMap((name) => {
    const allowed = [name, ...steps.slice(0, index).flat()];
    const rule = `${name} imports only ${allowed.join(", ")}`;
    return [
      forbid(rule, {
        from: { path: folder([name]), pathNot: tests },
        to: { path: "^src/", pathNot: folder(allowed) },
      }),
      // A test may begin with a whole store, as the root step builds it.
      forbid(rule, {
        from: { path: `${folder([name])}.*${tests}` },
        to: { path: "^src/", pathNot: [folder(allowed), "^src/[^/]+\\.ts$"] },
      }),
    ];
  }),
);

export const rules: IForbiddenRuleType[] = [
  ...layers,
  forbid("a folder of src is in the table of steps", {
    from: { path: "^src/[^/]+/", pathNot: [folder(modules), "^src/commands/"] },
    to: {},
  }),
  forbid("repository.ts is private to its folder", {
    from: { path: "^src/([^/]+)/" },
    to: { path: "^src/[^/]+/repository\\.ts$", pathNot: "^src/$1/" },
  }),
  forbid("repository.ts is private to its folder", {
    from: { path: "^", pathNot: "^src/[^/]+/" },
    to: { path: "^src/[^/]+/repository\\.ts$" },
  }),
  forbid("an adapter is imported by its factory, its test and main.ts", {
    from: { path: "^", pathNot: ["/adapters/", "^src/main\\.ts$", tests] },
    to: { path: "/adapters/" },
  }),
  forbid("an adapter does not import another one", {
    from: { path: "^src/([^/]+)/adapters/([^/.]+)", pathNot: ["/factory\\.ts$", tests] },
    to: { path: "/adapters/", pathNot: "^src/$1/adapters/$2" },
  }),
  forbid("an adapter imports its port, its party's wire client and platform", {
    from: { path: "^src/([^/]+)/adapters/", pathNot: tests },
    to: {
      path: "^src/",
      pathNot: [
        "^src/(platform|parties)/",
        "^src/$1/adapters/",
        "^src/$1/(gateway|supplier|checker|game)\\.ts$",
      ],
    },
  }),
  forbid("src imports the simulators only from main.ts and the command line", {
    from: { path: "^src/", pathNot: [compositionRoots, tests] },
    to: { path: "^simulators/" },
  }),
  forbid("src imports no tests, scripts, benchmarks or playground", {
    from: { path: "^src/", pathNot: tests },
    to: { path: ["^(test|scripts|bench|playground)/", tests] },
  }),
  forbid("a benchmark measures the store from outside", {
    from: { path: "^bench/" },
    to: { path: "^(src|simulators|test|scripts|playground)/" },
  }),
  forbid("a simulator never imports what it simulates a party for", {
    from: { path: "^simulators/" },
    to: { path: "^(src|test|scripts|bench|playground)/" },
  }),
  forbid("the playground talks HTTP", {
    from: { path: "^playground/" },
    to: { path: "^(src|simulators|test|scripts|bench)/" },
  }),
  forbid("what runs in the store is a dependency, not a devDependency", {
    from: { path: "^src/", pathNot: tests },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
  }),
  forbid("every import leads somewhere", { from: {}, to: { couldNotResolve: true } }),
  forbid("imports go round in no circle", { from: {}, to: { circular: true } }),
];

function forbid(
  name: string,
  rule: Pick<IRegularForbiddenRuleType, "from" | "to">,
): IForbiddenRuleType {
  return { name, severity: "error", ...rule };
}
