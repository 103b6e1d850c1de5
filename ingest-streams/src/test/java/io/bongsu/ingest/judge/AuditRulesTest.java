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

/** Rules written for native audit records, and rules for process creations, over one joined event. */
class AuditRulesTest {
    private static final String EXEC = """
            type=SYSCALL msg=audit(1763802902.417:8): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 ppid=1 pid=9 auid=1000 uid=0 euid=33 comm="passwd" exe="/usr/bin/passwd" key="watch"
            type=EXECVE msg=audit(1763802902.417:8): argc=3 a0="passwd" a1="-d" a2="kim"
            type=CWD msg=audit(1763802902.417:8): cwd="/root"
            type=PATH msg=audit(1763802902.417:8): item=0 name="/usr/bin/passwd" nametype=NORMAL
            type=PATH msg=audit(1763802902.417:8): item=1 name="/etc/shadow" nametype=CREATE
            type=PROCTITLE msg=audit(1763802902.417:8): proctitle="passwd"
            """;

    private static final String AUDITD = "{product: linux, service: auditd}";

    @TempDir
    Path folder;

    @Test
    void aRecordIsMatchedByItsTypeAndItsKeys() throws Exception {
        assertThat(fires("sel: {type: EXECVE, a0: passwd, a1: '-d'}")).isTrue();
        assertThat(fires("sel: {type: SYSCALL, SYSCALL: execve, euid: 33, exe|endswith: /passwd, key: watch}"))
                .isTrue();
        assertThat(fires("sel: {type: PATH, name: /etc/shadow, nametype: CREATE}"))
                .isTrue();
        assertThat(fires("sel: {type: EXECVE, a0: passwd, a1: '-l'}")).isFalse();
    }

    @Test
    void aSystemCallIsFoundByItsNameAndByItsNumber() throws Exception {
        assertThat(fires("sel: {syscall: 59}")).isTrue();
        assertThat(fires("sel: {syscall: execve}")).isTrue();
        assertThat(fires("sel: {SYSCALL: 59}")).isTrue();
        assertThat(fires("sel: {SYSCALL: [42, 60]}")).isFalse();
        assertThat(fires("""
                sel: {type: SYSCALL}
                  filter: {syscall: [execve, 59]}
                """, "sel and not filter")).isFalse();
    }

    @Test
    void theNumberOfASystemCallThatAToolHasInterpretedIsThatOfItsArchitecture() throws Exception {
        String interpreted = EXEC.replace("arch=c000003e syscall=59", "arch=x86_64 syscall=execve");
        assertThat(alerts(AUDITD, "sel: {syscall: 59}", "sel", interpreted)).hasSize(1);
        assertThat(alerts(AUDITD, "sel: {syscall: 11}", "sel", interpreted)).isEmpty();
        String enriched = EXEC.replace("key=\"watch\"", "key=\"watch\" ARCH=x86_64 SYSCALL=execve");
        assertThat(alerts(AUDITD, "sel: {syscall: 59, SYSCALL: execve}", "sel", enriched))
                .hasSize(1);
    }

    @Test
    void theNameOfOneFileAndTheKindOfAnotherAreNotOneRecord() throws Exception {
        assertThat(fires("sel: {type: PATH, name: /usr/bin/passwd, nametype: CREATE}"))
                .isFalse();
    }

    @Test
    void whatExcludesOneFileDoesNotExcludeAnother() throws Exception {
        assertThat(fires("""
                sel: {type: PATH, name|startswith: /etc/}
                  filter: {name|startswith: /usr/}
                """, "sel and not filter")).isTrue();
    }

    @Test
    void aRuleAboutTwoKindsOfRecordSeesBoth() throws Exception {
        assertThat(fires("""
                sel: {type: EXECVE, a0: passwd}
                  file: {type: PATH, name: /etc/shadow}
                """, "sel and file")).isTrue();
    }

    @Test
    void aRuleFiresOnceForAnEventWhateverTheNumberOfFiles() throws Exception {
        assertThat(alerts("{product: linux, service: auditd}", "sel: {type: SYSCALL}", "sel"))
                .hasSize(1);
    }

    @Test
    void rulesOfProcessCreationsSeeTheCommandLine() throws Exception {
        String source = "{product: linux, category: process_creation}";
        assertThat(alerts(source, "sel: {Image|endswith: /passwd, CommandLine|contains: '-d kim', User: root}", "sel"))
                .hasSize(1);
    }

    private boolean fires(String detection) throws Exception {
        return fires(detection, "sel");
    }

    private boolean fires(String detection, String condition) throws Exception {
        return !alerts(AUDITD, detection, condition).isEmpty();
    }

    private List<Alert> alerts(String source, String detection, String condition) throws Exception {
        return alerts(source, detection, condition, EXEC);
    }

    private List<Alert> alerts(String source, String detection, String condition, String log) throws Exception {
        Files.writeString(folder.resolve("rule.yml"), """
                title: test
                id: 7d5a4b1e-0000-4000-8000-000000000009
                level: low
                logsource: %s
                detection:
                  %s
                  condition: %s
                """.formatted(source, detection.strip(), condition));
        RuleSet.Loaded loaded = RuleSet.load(List.of(folder), RuleSet.Defaults.STANDARD);
        assertThat(loaded.problems()).isEmpty();
        byte[] text = log.getBytes(StandardCharsets.UTF_8);
        return new Offline(
                        ParserSet.load(List.of()).parsers(),
                        loaded.rules(),
                        new Offline.Options(null, Micros.UNKNOWN, false, 0),
                        problem -> {})
                .alerts(List.of(new Offline.File("audit.log", () -> new ByteArrayInputStream(text))));
    }
}
