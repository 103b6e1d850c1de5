package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rules name and users define: mappings of fields, and lists for placeholders. */
class DictionaryTest {
    private static final String ID = "3b0c7f52-0c1e-4d5b-9a3e-5f0d2b8c6a11";

    private static final LogSource SHOP = new LogSource(null, "shop", null);

    @TempDir
    private Path folder;

    @BeforeEach
    void rule() throws IOException {
        Files.writeString(folder.resolve("r.yml"), """
                title: t
                id: 3b0c7f52-0c1e-4d5b-9a3e-5f0d2b8c6a11
                logsource: { product: shop }
                detection:
                  s: { 'Buyer|expand': '%Blocked%' }
                  condition: s
                """);
    }

    private RuleSet.Loaded load(List<Path> mappings, List<Path> lists) {
        return RuleSet.load(List.of(folder.resolve("r.yml")), new RuleSet.Defaults(0, mappings, lists, name -> false));
    }

    private Path write(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    @Test
    void listsAreLinesOrYaml() throws IOException {
        write("lists/Blocked.txt", "\uFEFF# ours\n\n  kim \nadm*\n");
        RuleSet lines = load(List.of(), List.of(folder.resolve("lists"))).rules();
        RuleSet yaml = load(List.of(), List.of(write("more.yml", "Blocked: [kim, adm*]\nOther: x\n")))
                .rules();

        for (RuleSet rules : List.of(lines, yaml)) {
            assertThat(Rules.detect(rules, SHOP, Map.of("Buyer", "ADMIN"))).containsExactly(ID);
            assertThat(Rules.detect(rules, SHOP, Map.of("Buyer", "lee"))).isEmpty();
        }
        assertThat(lines.infos()).isEqualTo(yaml.infos());
    }

    @Test
    void mappingsOfUsersComeBeforeOurs() throws IOException {
        Path mapping = write("m/shop.yml", """
                - logsource: { product: shop }
                  fields: { Buyer: [user.name, user.email] }
                """);
        Path lists = write("lists/Blocked.txt", "kim");

        RuleSet.Loaded loaded = load(List.of(mapping), List.of(lists));

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.warnings()).isEmpty();
        assertThat(Rules.detect(loaded.rules(), SHOP, Map.of("user.email", "kim")))
                .containsExactly(ID);
        assertThat(Rules.detect(loaded.rules(), SHOP, Map.of("user.name", "lee", "user.email", "kim")))
                .isEmpty();
    }

    /** Microsoft's targets are JSON within JSON; rules seek a word anywhere in them. They used to find nothing. */
    @Test
    void aNameMayStandForAllBelowIt() throws IOException {
        LogSource audit = new LogSource(null, "azure", "auditlogs");
        write("r.yml", """
                title: t
                id: 3b0c7f52-0c1e-4d5b-9a3e-5f0d2b8c6a11
                logsource: { product: azure, service: auditlogs }
                detection:
                  s: { TargetResources|contains|all: [guest, Role.Id] }
                  f: { TargetResources.modifiedProperties|contains: 7698a772 }
                  condition: s and not f
                """);
        RuleSet.Loaded loaded = load(List.of(), List.of());
        String targets = "json.properties.targetResources.";
        Map<String, Object> event = new HashMap<>();
        event.put(targets + "userPrincipalName", List.of("guest#EXT#@example.com"));
        event.put(targets + "modifiedProperties.displayName", List.of("Role.ID"));
        event.put("json.properties.targetResource", "7698a772");

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.warnings()).isEmpty();
        assertThat(Rules.detect(loaded.rules(), audit, event)).containsExactly(ID);
        Explainer.Part why = Explainer.load(List.of(folder.resolve("r.yml")), RuleSet.Defaults.STANDARD)
                .explain(ID, List.of(audit), event);
        assertThat(String.join("\n", why.lines())).contains(targets + "* = ");
        event.put(targets + "modifiedProperties.newValue", List.of("\"7698a772-787b\""));
        assertThat(Rules.detect(loaded.rules(), audit, event)).isEmpty();
    }

    @Test
    void aLogSourceOfOnesOwnIsDefinedByWhatItsEventsHold() throws IOException {
        LogSource json = new LogSource("application", null, null);
        Path mapping = write("m/shop.yml", """
                - logsource: { product: shop }
                  among: { category: application }
                  events:
                    - { event.dataset: shop.orders, event.code|startswith: [4, 5] }
                    - { labels.kind: order }
                  fields: { Buyer: user.name }
                """);
        Path lists = write("lists/Blocked.txt", "kim");

        RuleSet.Loaded loaded = RuleSet.load(
                List.of(folder.resolve("r.yml")),
                new RuleSet.Defaults(0, List.of(mapping), List.of(lists), name -> name.indexOf('.') > 0));

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.warnings()).isEmpty();
        RuleSet rules = loaded.rules();
        Map<String, Object> order = Map.of("event.dataset", "shop.orders", "event.code", 47L, "user.name", "kim");
        assertThat(Rules.detect(rules, json, order)).containsExactly(ID);
        assertThat(Rules.detect(rules, json, Map.of("labels.kind", "Order", "user.name", "kim")))
                .containsExactly(ID);
        assertThat(Rules.detect(rules, json, Map.of("event.dataset", "shop.orders", "user.name", "kim")))
                .isEmpty();
        assertThat(Rules.detect(rules, new LogSource("web", null, null), order)).isEmpty();
        assertThat(Rules.detect(rules, SHOP, Map.of("user.name", "kim"))).containsExactly(ID);
        assertThat(Explainer.load(
                                List.of(folder.resolve("r.yml")),
                                new RuleSet.Defaults(0, List.of(mapping), List.of(lists), name -> true))
                        .explain(ID, List.of(json), order)
                        .holds())
                .isTrue();
    }

    @Test
    void whichEventsALogSourceHasIsPartOfTheMeaningOfItsRules() throws IOException {
        Path lists = write("lists/Blocked.txt", "kim");
        Path one = write("one.yml", "- { logsource: { product: shop }, events: { labels.kind: order } }\n");
        Path other = write("other.yml", "- { logsource: { product: shop }, events: { labels.kind: refund } }\n");
        Path elsewhere = write("elsewhere.yml", "- { logsource: { product: bank }, events: { labels.kind: order } }\n");

        String version = version(List.of(), lists);

        assertThat(version(List.of(one), lists)).isNotEqualTo(version).isNotEqualTo(version(List.of(other), lists));
        assertThat(version(List.of(elsewhere), lists)).isEqualTo(version);
    }

    private String version(List<Path> mappings, Path lists) {
        return load(mappings, List.of(lists)).rules().infos().get(0).version();
    }

    @Test
    void aDefinitionWithAProblemDefinesNothing() throws IOException {
        Path mapping = write("m.yml", """
                - events: { a.b: 1 }
                - { logsource: { product: bank }, fields: { Buyer: user.name }, among: { product: shop } }
                - logsource: { product: shop }
                  events: { a.b|contians: 1, a.c|re: '(' }
                """);
        Path lists = write("lists/Blocked.txt", "kim");

        assertThat(load(List.of(mapping), List.of(lists)).problems().stream()
                        .map(p -> p.toString().substring(folder.toString().length() + 1)))
                .containsExactly(
                        "m.yml:1:3: the events of which log source?; write logsource: beside events:",
                        "m.yml:2:65: 'among' says where to look for the events of a log source; write events: beside it",
                        "m.yml:4:13: unknown modifier 'contians' on 'a.b'; did you mean 'contains'?");
    }

    @Test
    void aLogSourceThatListsItsNamesHasNoOthers() throws IOException {
        Path mapping = write("m.yml", """
                - { logsource: { product: shop }, prefix: json., names: [Buyer, Amount] }
                """);
        Path lists = write("lists/Blocked.txt", "kim");
        write("r.yml", """
                title: t
                id: 3b0c7f52-0c1e-4d5b-9a3e-5f0d2b8c6a11
                logsource: { product: shop }
                detection:
                  s: { Byuer: kim, Seller: lee, amount: 5 }
                  condition: s
                """);

        RuleSet.Loaded loaded = load(List.of(mapping), List.of(lists));

        assertThat(loaded.problems().stream()
                        .map(p -> p.toString().substring(folder.toString().length() + 1)))
                .containsExactly(
                        "r.yml:5:8: no mapping and no parser knows the field 'Byuer' of {product: shop}; did you mean 'Buyer'?",
                        "r.yml:5:33: no mapping and no parser knows the field 'amount' of {product: shop}; did you mean 'Amount'?");
        assertThat(loaded.warnings().stream()
                        .map(p -> p.toString().substring(folder.toString().length() + 1)))
                .containsExactly(
                        "r.yml:5:20: no mapping and no parser knows the field 'Seller' of {product: shop}; it is looked for under this very name; a file under 'mappings' can give it others");
    }

    /** Both are ways to write the one field that events have. */
    @Test
    void theNameOfAFieldThatIsMappedToIsNoMistake() throws IOException {
        Path mapping = write("m.yml", """
                - { logsource: { product: shop }, prefix: json., fields: { Buyer_Name: json.BuyerName } }
                """);
        write("r.yml", """
                title: t
                id: 3b0c7f52-0c1e-4d5b-9a3e-5f0d2b8c6a11
                logsource: { product: shop }
                detection:
                  s: { BuyerName: kim, Buyer_Name: kim, BuyerNames: lee }
                  condition: s
                """);

        RuleSet.Loaded loaded = load(List.of(mapping), List.of());

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.warnings().stream()
                        .map(p -> p.toString().substring(folder.toString().length() + 1)))
                .containsExactly(
                        "r.yml:5:41: no mapping and no parser knows the field 'BuyerNames' of {product: shop}; did you mean 'Buyer_Name'?");
    }

    @Test
    void whatIsWrongInThemIsSaidAndCounts() throws IOException {
        Path mapping = write("m.yml", "- logsource: { prodcut: x }\n  fields: { a: { b: c } }\n- felds: {}\n");
        Path list = write("Blocked.txt", "# nothing\n");

        RuleSet.Loaded loaded = load(List.of(mapping), List.of(list));

        assertThat(loaded.problems().stream()
                        .map(p -> p.toString().substring(folder.toString().length() + 1)))
                .containsExactly(
                        "Blocked.txt:1:1: the list 'Blocked' has no values; write one, or remove the list",
                        "m.yml:1:16: unknown log source key 'prodcut'; there are category, product, service",
                        "m.yml:2:16: a field name is expected; write the name that events carry, such as user.name",
                        "m.yml:3:3: 'felds' is not known in a mapping; did you mean 'fields'?",
                        "m.yml:3:3: a section of a mapping maps nothing; write fields:, prefix:, names: or events:",
                        "r.yml:5:24: no list is given for the placeholder '%Blocked%' on 'Buyer'; put its values into a file Blocked.txt in a folder of 'lists'");
        assertThat(loaded.rulesWithProblems()).isEqualTo(3);
    }
}
