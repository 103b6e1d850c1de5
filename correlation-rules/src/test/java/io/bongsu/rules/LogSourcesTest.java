package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LogSourcesTest {
    private static final String SYSMON = "Microsoft-Windows-Sysmon/Operational";

    private static Set<LogSource> of(String channel, long id, Map<String, Object> data) {
        return LogSources.builtIn().windows(channel, null, id, data::get);
    }

    private static LogSource windows(String category, String service) {
        return new LogSource(category, "windows", service);
    }

    @Test
    void aProcessCreationComesFromSysmonAndFromTheSecurityLog() {
        assertThat(of(SYSMON, 1, Map.of())).containsExactly(windows("process_creation", "sysmon"));
        assertThat(of("security", 4688, Map.of())).containsExactly(windows("process_creation", "security"));
    }

    @Test
    void oneEventServesSeveralCategories() {
        assertThat(of(SYSMON, 13, Map.of()))
                .containsExactlyInAnyOrder(windows("registry_set", "sysmon"), windows("registry_event", "sysmon"));
    }

    @Test
    void whatTheEventDidChoosesTheCategory() {
        assertThat(of(SYSMON, 12, Map.of("EventType", "CreateKey")))
                .containsExactlyInAnyOrder(windows("registry_add", "sysmon"), windows("registry_event", "sysmon"));
        assertThat(of(SYSMON, 12, Map.of("EventType", "DeleteValue")))
                .containsExactlyInAnyOrder(windows("registry_delete", "sysmon"), windows("registry_event", "sysmon"));
        assertThat(of(SYSMON, 12, Map.of()))
                .contains(windows("registry_add", "sysmon"), windows("registry_delete", "sysmon"));
    }

    @Test
    void anEventWithoutACategoryHasItsService() {
        assertThat(of("Security", 4625, Map.of())).containsExactly(windows(null, "security"));
    }

    @Test
    void bothSidesOfSmbHaveTheirServices() {
        assertThat(of("Microsoft-Windows-SMBServer/Connectivity", 1027, Map.of()))
                .containsExactly(windows(null, "smbserver-connectivity"));
        assertThat(of("Microsoft-Windows-SmbClient/Connectivity", 30803, Map.of()))
                .containsExactly(windows(null, "smbclient-connectivity"));
    }

    @Test
    void whoWroteAnEventIsKnownByItsChannelAndNumber() {
        LogSources sources = LogSources.builtIn();
        assertThat(sources.provider("security", 4625)).isEqualTo("Microsoft-Windows-Security-Auditing");
        assertThat(sources.provider("Security", 1102)).isEqualTo("Microsoft-Windows-Eventlog");
        assertThat(sources.provider("System", 7040)).isEqualTo("Service Control Manager");
        assertThat(sources.provider("System", 6005)).isNull();
        assertThat(sources.provider(null, 7040)).isNull();
    }

    @Test
    void aChannelThatSigmaDoesNotKnowIsStillWindows() {
        assertThat(of("Vendor/Admin", 7, Map.of())).containsExactly(windows(null, null));
        assertThat(LogSources.builtIn().windows(null, null, 7, name -> null)).containsExactly(windows(null, null));
    }

    @Test
    void theProviderHelpsWhenThereIsNoChannel() {
        assertThat(LogSources.builtIn().windows(null, "Microsoft-Windows-Sysmon", 22, name -> null))
                .containsExactly(windows("dns_query", "sysmon"));
    }

    @Test
    void sysmonForLinuxIsLinux() {
        assertThat(of("Linux-Sysmon/Operational", 1, Map.of()))
                .containsExactly(new LogSource("process_creation", "linux", "sysmon"));
    }

    @Test
    void answersAreShared() {
        assertThat(of(SYSMON, 13, Map.of())).isSameAs(of(SYSMON, 13, Map.of()));
    }

    @Test
    void whatSaysNothingOfItselfIsPlacedByWhatItHas() {
        LogSources all = LogSources.builtIn();
        assertThat(all.shape(Set.of("Image", "CommandLine", "User"), null)).isEqualTo(new LogSources.Shape(SYSMON, 1));
        assertThat(all.shape(Set.of("Image", "TargetFilename"), 23L)).isEqualTo(new LogSources.Shape(SYSMON, 23));
        assertThat(all.shape(Set.of("Image", "TargetFilename"), 4663L)).isNull();
        assertThat(all.shape(Set.of("Image", "TargetObject", "Details"), null))
                .isEqualTo(new LogSources.Shape(SYSMON, 13));
        assertThat(all.shape(Set.of("CommandLine"), null)).isNull();
    }
}
