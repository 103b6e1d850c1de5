package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.Lifetime;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Printable;
import io.bongsu.app.console.Terminal;
import io.bongsu.embedded.EmbeddedException;
import io.bongsu.indexer.ElasticsearchException;
import io.bongsu.shipper.ShipperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code bongsu} command and its sub-commands. Exit codes: 0 it worked; 1 it worked and what was checked is not as it
 * should be, or it failed; 2 the command line, the configuration, an input or the surroundings have to be mended first.
 */
@Command(
        name = "bongsu",
        description = "A SIEM pipeline in which the log is the truth: same log, same rules, same alerts.",
        versionProvider = Commands.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            ShipCommand.class,
            StreamCommand.class,
            IndexCommand.class,
            SetupCommand.class,
            DoctorCommand.class,
            SearchCommand.class,
            AlertCommand.class,
            LedgerCommand.class,
            DeadLettersCommand.class,
            ParseCommand.class,
            ParserCommand.class,
            DetectCommand.class,
            RulesCommand.class,
            ReplayCommand.class,
            BenchCommand.class,
            ChaosCommand.class,
            ConfigCommand.class,
            VersionCommand.class
        })
public final class Commands implements Runnable {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int MEND = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

    @Spec
    private CommandSpec spec;

    private Commands() {}

    public static int execute(String... arguments) {
        return new CommandLine(new Commands())
                .setExecutionExceptionHandler((e, line, parsed) -> failed(e))
                .setUsageHelpAutoWidth(false)
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    private static int failed(Exception e) {
        if (Lifetime.signalled()) {
            return FAILED; // on the way out anyway
        }
        return switch (e) {
            case Fault fault -> mend(String.valueOf(fault.getMessage()), fault.fix());
            case ConfigOption.BadConfig bad -> {
                bad.problems().forEach(p -> complain(p.toString()));
                yield MEND;
            }
            case EmbeddedException embedded -> mend(embedded.problem(), embedded.fix());
            case ShipperException shipper -> mend(String.valueOf(shipper.getMessage()), "");
            case ElasticsearchException elasticsearch -> mend(String.valueOf(elasticsearch.getMessage()), "");
            default -> {
                LOG.error("the command failed", e);
                yield FAILED;
            }
        };
    }

    private static int mend(String problem, String fix) {
        complain("bongsu: " + problem + (fix.isEmpty() ? "" : "\n  → " + fix));
        return MEND;
    }

    static void complain(String text) {
        System.err.println(Printable.lines(text));
    }

    static Console console() {
        boolean terminal = Terminal.isOut();
        return new Console(
                System.out,
                terminal,
                Terminal.colour(terminal, System.getenv()),
                terminal ? Terminal.width() : Integer.MAX_VALUE);
    }

    /** From the manifest of the jar; classes in a folder are under development. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"bongsu " + number()};
        }

        static String number() {
            String version = Commands.class.getPackage().getImplementationVersion();
            return version == null ? "(under development)" : version;
        }
    }
}
