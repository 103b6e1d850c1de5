package io.bongsu.rules.syntax;

import java.util.List;

/** One document of a rule file. */
public sealed interface Rule permits DetectionRule, CorrelationRule, FilterRule {
    Meta meta();

    List<RuleTest> tests();
}
