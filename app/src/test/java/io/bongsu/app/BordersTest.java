package io.bongsu.app;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Borders inside modules, which Maven cannot see. Those between modules stand in the poms. */
class BordersTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.bongsu");

    @Test
    void everythingIsLookedAt() {
        assertThat(OURS.contain(Main.class)).isTrue();
        assertThat(OURS.size()).isGreaterThan(500);
    }

    @Test
    void sourcesKnowSocketsTheHandOffKnowsAcknowledgementNobodyKnowsBoth() {
        noClasses()
                .that()
                .resideInAnyPackage("io.bongsu.shipper.source..", "io.bongsu.shipper.frame..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(OURS);
        noClasses()
                .that()
                .resideInAnyPackage("io.bongsu.shipper.handoff..", "io.bongsu.shipper.frame..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(OURS);
    }

    @Test
    void parsingAndJudgingAreFunctionsThatHaveNotHeardOfKafka() {
        noClasses()
                .that()
                .resideInAnyPackage("io.bongsu.ingest.parse..", "io.bongsu.ingest.judge..", "io.bongsu.rules..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "co.elastic..", "java.net.http..")
                .check(OURS);
    }

    @Test
    void noDecisionReadsTheWallClock() {
        noClasses()
                .that()
                .resideInAnyPackage("io.bongsu.ingest..", "io.bongsu.rules..")
                .should()
                .accessTargetWhere(describe(
                        "the wall clock",
                        (JavaAccess<?> access) -> access.getTarget().getName().equals("currentTimeMillis")
                                || access.getTarget().getName().equals("now")
                                        && access.getTargetOwner()
                                                .getPackageName()
                                                .matches("java\\.time|io\\.bongsu\\.model")))
                .check(OURS);
    }

    @Test
    void packagesOfAModuleRunInOneDirection() {
        for (String module : new String[] {"shipper", "rules", "ingest", "app"}) {
            slices().matching("io.bongsu." + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .check(OURS);
        }
    }

    @Test
    void onlyTheCommandsKnowTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.bongsu.app.command..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(OURS);
    }
}
