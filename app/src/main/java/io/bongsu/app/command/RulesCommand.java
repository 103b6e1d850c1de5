package io.bongsu.app.command;

import io.bongsu.app.config.Config;
import io.bongsu.app.console.Printable;
import io.bongsu.ingest.offline.RuleTests;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.rules.RuleInfo;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.yaml.Problem;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rules",
        description = "Checks, tests or lists rules.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class RulesCommand {
    private static final String FOLDERS = "Folders or files with rules (default: rules in the configuration).";

    @Command(
            description = "Says what is wrong with each rule, where, and how to mend it; exit code 1 if anything is.",
            mixinStandardHelpOptions = true)
    int check(
            @Mixin ConfigOption option,
            @Mixin RuleOptions words,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS) @Nullable List<Path> folders) {
        RuleSet.Loaded loaded = words.load(option.load(), folders);
        loaded.problems().forEach(p -> System.out.println(Printable.text(p.toString())));
        loaded.warnings().forEach(p -> System.out.println(Printable.text(warning(p))));
        System.out.println(loaded.ruleCount() + " rules, " + loaded.rulesWithProblems() + " with problems");
        return loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    @Command(
            description =
                    "Runs the tests in the rules: as written, late and shuffled, repeated, and with restarts; exit code 1 if one fails.",
            mixinStandardHelpOptions = true)
    int test(
            @Mixin ConfigOption option,
            @Mixin RuleOptions words,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS) @Nullable List<Path> folders) {
        Config config = option.load();
        RuleSet.Loaded loaded = words.load(config, folders);
        loaded.problems().forEach(p -> System.out.println(Printable.text(p.toString())));
        ParserSet.Loaded parsers = ParserSet.load(config.parsers());
        parsers.problems().forEach(p -> System.out.println(Printable.text(p.toString())));
        List<RuleTests.Result> results = new RuleTests(parsers.parsers(), loaded.rules()).run();
        List<RuleTests.Result> failed = results.stream().filter(r -> !r.ok()).toList();
        for (RuleTests.Result r : failed) {
            System.out.println(Printable.text(r.test().file() + ":" + r.test().line() + ": '"
                    + r.test().name() + "' ("
                    + r.variant().name().toLowerCase(java.util.Locale.ROOT) + "): expected " + r.expected() + ", got "
                    + r.came()));
        }
        System.out.println(loaded.rules().tests().size() + " tests in " + RuleTests.Variant.values().length
                + " variants, " + failed.size() + " failed");
        return failed.isEmpty() && loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    @Command(description = "Lists the rules that run.", mixinStandardHelpOptions = true)
    int list(
            @Mixin ConfigOption option,
            @Mixin RuleOptions words,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS) @Nullable List<Path> folders) {
        RuleSet.Loaded loaded = words.load(option.load(), folders);
        for (RuleInfo rule : loaded.rules().infos()) {
            System.out.println(
                    Printable.text(Printable.pad(rule.level(), 14) + Printable.pad(rule.id(), 38) + rule.name()));
        }
        loaded.problems().forEach(p -> Commands.complain(p.toString()));
        return loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    private static String warning(Problem problem) {
        return new Problem(
                        problem.file(),
                        problem.line(),
                        problem.column(),
                        "warning: " + problem.message(),
                        problem.fix())
                .toString();
    }
}
