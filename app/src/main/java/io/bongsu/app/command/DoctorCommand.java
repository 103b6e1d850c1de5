package io.bongsu.app.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bongsu.app.config.ConfigReader;
import io.bongsu.app.console.Console;
import io.bongsu.app.console.Console.Paint;
import io.bongsu.app.console.Printable;
import io.bongsu.app.doctor.Doctor;
import io.bongsu.app.doctor.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = {
            "Looks at the configuration, Kafka, Elasticsearch and Kibana, and says what to change; changes nothing.",
            "Exit code 1 when something does not work or will be lost."
        },
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private ConfigOption option;

    @Mixin
    private DataOption data;

    @Option(names = "--json", description = "One JSON object: ok, and findings with check, level, what and fix.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        ConfigReader.Loaded loaded = option.read(data.environment());
        loaded.problems()
                .forEach(
                        p -> findings.add(new Finding(Finding.Level.BAD, "configuration", p.toString(), "correct it")));
        if (loaded.config() != null) {
            findings.add(new Finding(Finding.Level.OK, "configuration", "the configuration is good", ""));
            findings.addAll(Doctor.examine(loaded.config()));
        }
        boolean good = findings.stream().noneMatch(f -> f.level() == Finding.Level.BAD);
        if (json) {
            System.out.println(Printable.json(json(good, findings)));
        } else {
            Console console = Commands.console();
            findings.forEach(f -> print(console, f));
        }
        return good ? Commands.OK : Commands.FAILED;
    }

    private static String json(boolean good, List<Finding> findings) {
        ObjectNode all = JSON.createObjectNode().put("ok", good);
        ArrayNode list = all.putArray("findings");
        findings.forEach(f -> list.addObject()
                .put("check", f.check())
                .put("level", f.level().name().toLowerCase(Locale.ROOT))
                .put("what", f.what())
                .put("fix", f.fix()));
        try {
            return JSON.writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void print(Console console, Finding finding) {
        String mark =
                switch (finding.level()) {
                    case OK -> console.paint(Paint.GREEN, "✓");
                    case NOTE -> console.paint(Paint.YELLOW, "!");
                    case BAD -> console.paint(Paint.BRIGHT_RED, "✗");
                };
        console.line(mark + " " + Printable.text(finding.what()));
        if (!finding.fix().isEmpty()) {
            console.line("  → " + Printable.text(finding.fix()));
        }
    }
}
