package io.bongsu.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.app.console.Console;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private final Console plain = new Console(System.out, false, false, 80);

    @Test
    void columnsAreAsWideAsTheirContentAndTheLastIsCut() {
        List<String> lines = ResultTable.events(
                List.of(
                        Map.of("host.hostname", "web-1", "user.name", "김민수", "message", "로그인 성공 ".repeat(9)),
                        Map.of(
                                "host.hostname",
                                "db",
                                "event.action",
                                "ssh_login",
                                "event.outcome",
                                "failure",
                                "message",
                                "no")),
                plain,
                70);

        assertThat(lines)
                .containsExactly(
                        "time  host   user    source  what               message",
                        "      web-1  김민수                             로그인 성공 로그인 …",
                        "      db                     ssh_login failure  no");
    }

    @Test
    void whatSteersATerminalIsShownInstead() {
        List<String> lines = ResultTable.events(List.of(Map.of("message", "a\u001b[2Jb\r\nc")), plain, 200);

        assertThat(lines.get(1)).endsWith("a\\u001b[2Jb\\u000d\\u000ac");
    }

    @Test
    void alertsBurnAsManyFiresAsTheirLevelIsWorth() {
        List<String> lines = ResultTable.alerts(
                List.of(Map.of(
                        "rule.level", "critical",
                        "rule.name", "All is lost",
                        "event.id", "3823e2658e6d146ecead46d3ce7cab16",
                        "bongsu.alert.status", "open",
                        "bongsu.alert.count", 7L,
                        "bongsu.alert.group_by", List.of("source.ip"),
                        "source.ip", "203.0.113.7")),
                plain,
                200);

        assertThat(lines.get(1))
                .isEqualTo("      ▲▲▲▲▲ critical  All is lost  open    7       3823e2658e  source.ip=203.0.113.7");
    }

    @Test
    void whatAnAnalystSaysStandsBehindTheStatus() {
        List<String> lines = ResultTable.alerts(
                List.of(
                        Map.of(
                                "event.id", "3823e2658e6d146ecead46d3ce7cab16",
                                "bongsu.alert.status", "open",
                                "kibana.alert.workflow_status", "acknowledged"),
                        Map.of(
                                "event.id", "4823e2658e6d146ecead46d3ce7cab16",
                                "bongsu.alert.status", "closed",
                                "kibana.alert.workflow_status", "closed",
                                "kibana.alert.workflow_reason", "false_positive")),
                plain,
                200);

        assertThat(lines.get(1)).contains("open, acknowledged ");
        assertThat(lines.get(2)).contains("closed, handled: false positive ");
    }
}
