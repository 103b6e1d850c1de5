package io.bongsu.app.demo;

import java.util.Map;

/**
 * What happens inside the normal traffic, and what the rules must make of it. Every line of it carries its name, so an
 * alert is judged by the lines behind it.
 *
 * @param what for people: one phrase
 * @param alerts rule id to number of alerts; a rule that is not named must stay quiet
 */
public record Story(String name, String what, Map<String, Integer> alerts) {
    public Story {
        alerts = Map.copyOf(alerts);
    }
}
