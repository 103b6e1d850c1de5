package io.bongsu.app.command;

import picocli.CommandLine.Option;

/** Of whatever makes a generation. */
final class PushOptions {
    @Option(names = "--note", paramLabel = "TEXT", description = "Why, for bongsu rules history.")
    String note = "";

    @Option(
            names = "--author",
            paramLabel = "NAME",
            description = "Who (default: the user of this machine's system).",
            defaultValue = "${sys:user.name}")
    String author;

    @Option(names = "--json", description = "One JSON object: what was published, and the difference.")
    boolean json;
}
