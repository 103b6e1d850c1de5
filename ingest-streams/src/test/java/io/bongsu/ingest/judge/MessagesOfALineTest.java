package io.bongsu.ingest.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Alert;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleSet;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several messages in one line: rules see each of them alone. */
class MessagesOfALineTest {
    private static final String CEF = "CEF:0|V|P|1|1|first|5|src=203.0.113.1 suser=kim"
            + " CEF:0|V|P|1|2|second|5|src=203.0.113.2 CEF:0|V|P|1|3|third|5|src=203.0.113.3 suser=lee";
    private static final String XML = "<Event xmlns='x'><System><Provider Name='A'/><EventID>1</EventID>"
            + "<Channel>Application</Channel><Computer>a</Computer></System></Event>"
            + "<Event xmlns='x'><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>1102</EventID>"
            + "<Channel>Security</Channel><Computer>b</Computer></System></Event>";

    @TempDir
    Path folder;

    @Test
    void eachSetsOffWhatItWouldHaveSetOffAlone() throws Exception {
        assertThat(alerts("{category: firewall}", "{source.ip: 203.0.113.1, user.name: kim}", CEF))
                .hasSize(1);
        assertThat(alerts("{category: firewall}", "{source.ip: 203.0.113.3, user.name: lee}", CEF))
                .hasSize(1);
        assertThat(alerts("{category: firewall}", "{source.ip: 203.0.113.2, event.code: '2'}", CEF))
                .hasSize(1);
    }

    @Test
    void nothingOfOneIsInAnother() throws Exception {
        assertThat(alerts("{category: firewall}", "{source.ip: 203.0.113.2, user.name: kim}", CEF))
                .isEmpty();
        assertThat(alerts("{category: firewall}", "{source.ip: 203.0.113.2, user.name: null}", CEF))
                .hasSize(1);
    }

    @Test
    void whatAllHaveSetsOffOneAlert() throws Exception {
        assertThat(alerts("{category: firewall}", "{observer.vendor: V}", CEF)).hasSize(1);
    }

    @Test
    void anEventOfWindowsIsOfItsOwnChannel() throws Exception {
        assertThat(alerts("{product: windows, service: security}", "{EventID: 1102}", XML))
                .hasSize(1);
        assertThat(alerts("{product: windows, service: application}", "{EventID: 1}", XML))
                .hasSize(1);
    }

    private List<Alert> alerts(String source, String selection, String line) throws Exception {
        Files.writeString(folder.resolve("rule.yml"), """
                title: test
                id: 7d5a4b1e-0000-4000-8000-000000000010
                level: low
                logsource: %s
                detection:
                  sel: %s
                  condition: sel
                """.formatted(source, selection));
        RuleSet.Loaded loaded = RuleSet.load(List.of(folder), RuleSet.Defaults.STANDARD);
        assertThat(loaded.problems()).isEmpty();
        return new Offline(
                        ParserSet.load(List.of()).parsers(),
                        loaded.rules(),
                        new Offline.Options(null, Micros.UNKNOWN, false, 0),
                        problem -> {})
                .alerts(List.of(new Offline.File(
                        "lines.log", () -> new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)))));
    }
}
