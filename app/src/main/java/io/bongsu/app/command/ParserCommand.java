package io.bongsu.app.command;

import io.bongsu.app.console.Counted;
import io.bongsu.app.console.Printable;
import io.bongsu.ingest.offline.UnknownLines;
import io.bongsu.ingest.parse.ParserBench;
import io.bongsu.ingest.parse.ParserReference;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.ingest.parse.ParserTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "parser",
        description = "Lists, checks, tests or measures parsers, and shows what they do not understand.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ParserCommand {
    private static final String FOLDERS =
            "Folders or files with parsers, besides the built-in ones (default: parsers in the configuration).";
    private static final long MEASURE_NANOS = 300_000_000;

    @Command(
            description = "Says what is wrong with each parser, where, and how to mend it; exit code 1 if anything is.",
            mixinStandardHelpOptions = true)
    int check(
            @Mixin ConfigOption option,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS) @Nullable List<Path> folders) {
        ParserSet.Loaded loaded = load(option, folders);
        System.out.println(
                loaded.parsers().ids().size() + " parsers, " + loaded.problems().size() + " problems");
        return loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    @Command(
            description =
                    "Runs the tests in the parsers: with the source named and without, each must find its own parser"
                            + " among all; exit code 1 if one fails.",
            mixinStandardHelpOptions = true)
    int test(
            @Mixin ConfigOption option,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS + " Only their tests are run.")
                    @Nullable
                    List<Path> folders) {
        ParserSet.Loaded loaded = load(option, folders);
        List<ParserTest> tests = tests(loaded, folders);
        int failed = 0;
        for (ParserTest test : tests) {
            List<String> failures = test.failures(loaded.parsers());
            failed += failures.isEmpty() ? 0 : 1;
            for (String failure : failures) {
                String name = test.name() == null ? "" : " '" + test.name() + "'";
                System.out.println(Printable.text(test.place() + ": " + test.parser() + name + ": " + failure));
            }
        }
        System.out.println(tests.size() + " tests, " + failed + " failed");
        return failed == 0 && loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    @Command(
            description =
                    "Lists the parsers: what they recognise lines by, their dataset, and the log sources of Sigma that"
                            + " they serve.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin ConfigOption option,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS) @Nullable List<Path> folders) {
        ParserSet.Loaded loaded = load(option, folders);
        for (ParserSet.About about : loaded.parsers().about()) {
            System.out.println(
                    Printable.text(Printable.pad(about.id(), 24) + Printable.pad(about.dataset(), 32) + about.title()));
            about.signs()
                    .forEach((sign, values) ->
                            System.out.println(Printable.text("  " + sign + ": " + String.join(", ", values))));
            about.logSources().forEach(source -> System.out.println(Printable.text("  serves " + source)));
        }
        return loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    @Command(
            description =
                    "Writes the reference of the built-in parsers: what they recognise, which fields come out, which"
                            + " log sources of Sigma they serve.",
            mixinStandardHelpOptions = true)
    int reference() {
        System.out.print(ParserReference.text(ParserSet.load(List.of()).parsers()));
        return Commands.OK;
    }

    @Command(
            description = "How long a line takes from bytes to event, by parser, over the parser's own tests.",
            mixinStandardHelpOptions = true)
    int bench(
            @Mixin ConfigOption option,
            @Parameters(arity = "0..*", paramLabel = "DIR", description = FOLDERS + " Only these are measured.")
                    @Nullable
                    List<Path> folders) {
        ParserSet.Loaded loaded = load(option, folders);
        for (ParserBench.Result result : ParserBench.run(loaded.parsers(), tests(loaded, folders), MEASURE_NANOS)) {
            System.out.println(String.format(
                    Locale.ROOT,
                    "%-32s %,10d ns/line %,12d lines/s  (%d lines)",
                    result.parser(),
                    result.nanosPerLine(),
                    1_000_000_000 / Math.max(result.nanosPerLine(), 1),
                    result.lines()));
        }
        return loaded.problems().isEmpty() ? Commands.OK : Commands.FAILED;
    }

    @Command(
            description =
                    "Lists the shapes of lines that nothing recognises, the most frequent first, with an example of"
                            + " each.",
            mixinStandardHelpOptions = true)
    int unknown(
            @Mixin ConfigOption option,
            @Mixin ParserOptions own,
            @Mixin InputOptions input,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            description = "So many shapes (default: 50).",
                            defaultValue = "50")
                    int limit,
            @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files to read; - is standard input.")
                    List<String> files) {
        AtomicBoolean problems = new AtomicBoolean();
        ParserSet.Loaded loaded = own.load(option.load());
        loaded.problems().forEach(p -> ParseCommand.complain(problems, p.toString()));
        UnknownLines unknown =
                new UnknownLines(loaded.parsers(), input.options(), p -> ParseCommand.complain(problems, p));
        List<UnknownLines.Found> found = unknown.read(InputOptions.files(files));
        long all = 0;
        for (int i = 0; i < found.size(); i++) {
            UnknownLines.Found one = found.get(i);
            all += one.count();
            if (i < limit) {
                UnknownLines.Shape shape = one.shape();
                String program = shape.program().isEmpty() ? "" : "  " + shape.program();
                System.out.println(
                        Printable.text(String.format(Locale.ROOT, "%,9d  ", one.count()) + shape.reason() + program));
                System.out.println(Printable.text("           " + shape.shape()));
                System.out.println(Printable.text("           " + one.example()));
            }
        }
        System.out.println(String.format(
                Locale.ROOT,
                "%,d of %s not recognised, %s",
                all,
                Counted.of(unknown.lines(), "line"),
                Counted.of(found.size(), "shape")));
        return problems.get() ? Commands.MEND : Commands.OK;
    }

    private static ParserSet.Loaded load(ConfigOption option, @Nullable List<Path> folders) {
        ParserSet.Loaded loaded = ParserSet.load(
                folders == null || folders.isEmpty() ? option.load().parsers() : folders);
        loaded.problems().forEach(p -> System.out.println(Printable.text(p.toString())));
        return loaded;
    }

    private static List<ParserTest> tests(ParserSet.Loaded loaded, @Nullable List<Path> folders) {
        boolean all = folders == null || folders.isEmpty();
        List<ParserTest> tests = new ArrayList<>();
        for (ParserTest test : loaded.parsers().tests()) {
            if (all || !test.isBuiltIn()) {
                tests.add(test);
            }
        }
        return tests;
    }
}
