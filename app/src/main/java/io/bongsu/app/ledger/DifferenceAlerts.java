package io.bongsu.app.ledger;

import io.bongsu.app.ledger.Verification.Difference;
import io.bongsu.model.Alert;
import io.bongsu.model.AlertStatus;
import java.util.Map;

/**
 * Differences that a verification found, as alerts: one for each, straight into bongsu.alerts, so that they arrive also when
 * parse is what is broken. The id is a function of the difference: finding it again every hour changes nothing.
 */
public final class DifferenceAlerts {
    private DifferenceAlerts() {}

    /**
     * Returns when Kafka has all of them.
     *
     * @return how many there are
     */
    public static int send(Map<String, Object> kafka, Verification found, long now) {
        AlertTopic.send(
                kafka,
                found.differences().stream()
                        .map(difference -> alert(difference, now))
                        .map(alert -> new AlertTopic.Entry(alert.getId(), alert))
                        .toList());
        return found.differences().size();
    }

    static Alert alert(Difference difference, long now) {
        OwnRule rule = new OwnRule(
                AlertTopic.LEDGER,
                "Ledger: " + difference.kind().text(),
                "high",
                73L,
                "bongsu ledger verify found that the log, its signatures and the index disagree.");
        return rule.alert(
                "ledger " + difference.kind() + ' ' + difference.what(),
                difference.what() + ' ' + difference.more(),
                now,
                1,
                AlertStatus.CLOSED);
    }
}
