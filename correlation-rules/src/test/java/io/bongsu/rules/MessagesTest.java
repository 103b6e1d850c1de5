package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each message that the author of a rule can meet, once. */
class MessagesTest {
    private static final String HEAD = "title: t\nid: r\nlogsource: {product: linux}\n";
    private static final String BASE =
            HEAD + "name: base\ndetection: {s: {f: 1}, condition: s}\n---\ntitle: c\nid: c\n";

    private static Arguments row(String text, String... messages) {
        return Arguments.of(text, messages);
    }

    /** A search in line 5, column 8. */
    private static Arguments search(String search, String... messages) {
        return row(HEAD + "detection:\n  s:\n    " + search + "\n  condition: s", messages);
    }

    private static Arguments condition(String condition, String... messages) {
        return row(HEAD + "detection:\n  one: {f: 1}\n  two: {f: 2}\n  condition: " + condition, messages);
    }

    /** A correlation with its content from line 9 on. */
    private static Arguments correlation(String content, String... messages) {
        return row(BASE + "correlation:\n" + content.indent(2), messages);
    }

    private static String first(String condition) {
        return "type: first_seen\nrules: [base]\ntimespan: 1d\ncondition: " + condition;
    }

    private static String rate(String condition, String ours) {
        return "type: rate\nrules: [base]\ntimespan: 1h\ncondition: " + condition + "\nbongsu: " + ours;
    }

    private static Arguments test(String content, String... messages) {
        return row(HEAD + "detection: {s: {f: 1}, condition: s}\ntests:\n  - " + content, messages);
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                row(
                        HEAD + "date: 2026-02-30\nmodified: yesterday\ndetection: {s: {f: 1}, condition: s}",
                        "r.yml:4:7: 'date' is no date: '2026-02-30'; write it such as 2026-01-31",
                        "r.yml:5:11: 'modified' is no date: 'yesterday'; write it such as 2026-01-31"),
                row("- a", "r.yml:1:1: this is not a rule; a rule is a map with title, logsource and detection"),
                row("title: t\nid: r", "r.yml:1:1: neither 'detection' nor 'correlation'; a rule needs one of them"),
                row(
                        "id: r\nlogsource: {product: x}\ndetection: {s: {f: 1}, condition: s}",
                        "r.yml:1:1: 'title' is missing; write one that says what it finds"),
                row(
                        HEAD + "detection: {condition: s}",
                        "r.yml:4:24: the condition names 's', which is not in the detection; the detection has no search;"
                                + " write one beside the condition"),
                row(
                        HEAD + "detection: {a: &x {'f|re': '('}, b: *x, condition: a and b}",
                        "r.yml:4:28: the regular expression is refused: missing closing ) '(' on 'f'; write \\( and \\) for the characters; the syntax is that of RE2"),
                row(
                        "title: [a]\n" + HEAD.substring(9) + "detection: {s: {f: 1}, condition: s}",
                        "r.yml:1:8: 'title' must be text, not a list; write one value behind 'title:'"),
                row(
                        "title: {a: b}\n" + HEAD.substring(9) + "detection: {s: {f: 1}, condition: s}",
                        "r.yml:1:8: 'title' must be text, not a map; write one value; put it in quotes when it holds ': '"),
                row(
                        "title: " + "t".repeat(257) + "\n" + HEAD.substring(9) + "detection: {s: {f: 1}, condition: s}",
                        "r.yml:1:1: the title is longer than 256 characters; shorten it"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\ncorrelation: {}",
                        "r.yml:5:1: a rule has either 'detection' or 'correlation'; write two documents, divided by ---"),
                row(
                        HEAD + "filter: {s: {f: 1}}",
                        "r.yml:4:9: the filter has no 'condition'; name the search identifiers to look for",
                        "r.yml:4:9: the filter names no 'rules'; write rules: any, or a list of ids or names"),
                row(
                        HEAD + "filter: {rules: [], s: {f: 1}, condition: not s}",
                        "r.yml:4:10: the filter names no 'rules'; write rules: any, or a list of ids or names"),
                row(
                        HEAD.replace("title", "Titel") + "detection: {s: {f: 1}, condition: s}",
                        "r.yml:1:1: unknown key 'Titel'; did you mean 'title'?"),
                row(
                        HEAD.replace("logsource", "logsorce") + "detection: {s: {f: 1}, condition: s}",
                        "r.yml:3:1: unknown key 'logsorce'; did you mean 'logsource'?"),
                row(
                        HEAD.replace("{product: linux}", "{product: [linux]}") + "detection: {s: {f: 1}, condition: s}",
                        "r.yml:3:22: 'product' must be text, not a list; write one value behind 'product:'"),
                row(
                        HEAD + "detection: {s: {'f|contains': *x}, condition: s}",
                        "r.yml:4:31: no complete anchor '&x' before this alias; write the value out, or put a text that begins with * in quotes"),
                row(
                        HEAD + "filter: {rules: any, s: {f: 1}, condition: [s]}",
                        "r.yml:4:44: the condition of a filter must be one text; join the parts with 'or'"),
                row(
                        HEAD + "filter: {rules: any, s: {f: 1}, condition: s, bongsu: {mode: exlude}}",
                        "r.yml:4:56: unknown mode 'exlude' of a filter; did you mean 'exclude'?"),
                row(
                        HEAD + "filter: {rules: any, s: {f: 1}, condition: s}\ndetection: {s: {f: 1}, condition: s}",
                        "r.yml:4:1: a rule has either 'detection' or 'filter'; write two documents, divided by ---"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\nfilters: {}",
                        "r.yml:5:1: unknown key 'filters'; did you mean 'filter'?"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\nbongsu: {list: {}}",
                        "r.yml:5:10: 'list' is not known in 'bongsu'; did you mean 'lists'?"),
                row(
                        "title: t\naction: global",
                        "r.yml:2:1: 'action' collections are from an old Sigma; write each rule out in a document of its own"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\nlevel: hihg",
                        "r.yml:5:8: unknown level 'hihg'; did you mean 'high'?"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\nlevel: 5",
                        "r.yml:5:8: unknown level '5'; write one of informational, low, medium, high, critical"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\nlevle: high",
                        "r.yml:5:1: unknown key 'levle'; did you mean 'level'?"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\ntest: []",
                        "r.yml:5:1: unknown key 'test'; did you mean 'tests'?"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\nstatus: stabel",
                        "r.yml:5:9: unknown status 'stabel'; did you mean 'stable'?"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\ntags: {a: b}",
                        "r.yml:5:7: 'tags' must be text or a list of texts; write one value in each line: - value"),
                row(
                        HEAD + "detection: x",
                        "r.yml:4:12: 'detection' must be a map; write keys and values below it, such as key: value"),
                row(
                        "title: t\nid: r\ndetection: {s: {f: 1}, condition: s}",
                        "r.yml:1:1: 'logsource' is missing; name a category, a product or a service"),
                row(
                        "title: t\nid: r\nlogsource: {definition: d}\ndetection: {s: {f: 1}, condition: s}",
                        "r.yml:3:12: the log source is empty; name a category, a product or a service"),
                row(
                        "title: t\nid: r\nlogsource: {prodcut: x, tenant: y}\ndetection: {s: {f: 1}, condition: s}",
                        "r.yml:3:13: unknown log source key 'prodcut'; did you mean 'product'?"),
                row(
                        "title: t\nid: r\nlogsource: {product: windows, category: process_creation}\nlevel: hihg\ndetection:\n"
                                + "  a: {Image|contians: x, ComandLine|cidr: [10.0.0.0/33, 10.0.0.1/8]}\n"
                                + "  b:\n    - {'Image|re': '('}\n    - {'Image|re|cidr|lt': x}\n    - {User|expand: '%A%%B%'}\n"
                                + "  c: {commandline: x}\n"
                                + "  condition: (a or other) and 3 of b* and more",
                        "r.yml:4:8: unknown level 'hihg'; did you mean 'high'?",
                        "r.yml:6:7: unknown modifier 'contians' on 'Image'; did you mean 'contains'?",
                        "r.yml:6:26: no mapping and no parser knows the field 'ComandLine' of {category: process_creation, product: windows}; did you mean 'CommandLine'?",
                        "r.yml:6:44: '10.0.0.0/33' on 'ComandLine' is not an address block; write one such as 10.0.0.0/8 or 2001:db8::/32",
                        "r.yml:6:57: '10.0.0.1/8' on 'ComandLine' has bits after the prefix; write 10.0.0.0/8",
                        "r.yml:8:20: the regular expression is refused: missing closing ) '(' on 'Image'; write \\( and \\) for the characters; the syntax is that of RE2",
                        "r.yml:9:8: the modifiers 'lt' and 'cidr' on 'Image' do not go together; keep one of them",
                        "r.yml:9:8: the modifiers 're' and 'cidr' on 'Image' do not go together; keep one of them",
                        "r.yml:9:8: the modifiers 're' and 'lt' on 'Image' do not go together; keep one of them",
                        "r.yml:10:21: no list is given for the placeholder '%A%' on 'User'; put its values into a file A.txt in a folder of 'lists'",
                        "r.yml:10:21: no list is given for the placeholder '%B%' on 'User'; put its values into a file B.txt in a folder of 'lists'",
                        "r.yml:11:7: no mapping and no parser knows the field 'commandline' of {category: process_creation, product: windows}; did you mean 'CommandLine'?",
                        "r.yml:12:20: the condition names 'other', which is not in the detection; there are a, b, c",
                        "r.yml:12:31: '3 of' is not known; write '1 of', 'any of' or 'all of'",
                        "r.yml:12:43: the condition names 'more', which is not in the detection; there are a, b, c"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s, timeframe: 5m}",
                        "r.yml:4:38: 'timeframe' is from an old Sigma; write a correlation rule with a timespan over this one"),
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\n---\n" + HEAD
                                + "detection: {s: {f: 2}, condition: s}",
                        "r.yml:7:1: another rule is already called 'r'; it is in r.yml, line 1; give this one an id of its own"),
                row(
                        HEAD.replace("id: r\n", "") + "detection: {s: {f: 1}, condition: s}\n---\n"
                                + HEAD.replace("id: r\n", "") + "detection: {s: {f: 2}, condition: s}",
                        "r.yml:5:1: another rule without an id has the title 't'; it is in r.yml, line 1; give this one an id of its own"));
    }

    private static Arguments list(String list, String... messages) {
        return row(
                HEAD + "detection: {s: {'f|expand': '%x%'}, condition: s}\nbongsu: {lists: {x: " + list + "}}",
                messages);
    }

    static Stream<Arguments> lists() {
        return Stream.of(
                list("[]", "r.yml:5:21: the list 'x' has no values; write one, or remove the list"),
                list("{kind: address}", "r.yml:5:21: the list 'x' has no 'values'; write values: and a list"),
                list(
                        "{kind: adress, values: [1]}",
                        "r.yml:5:22: unknown kind 'adress' of a list; did you mean 'address'?"),
                list(
                        "{value: a}",
                        "r.yml:5:21: the list 'x' has no 'values'; write values: and a list",
                        "r.yml:5:22: 'value' is not known in the list 'x'; did you mean 'values'?"),
                list(
                        "[{until: 2027-01-01}]",
                        "r.yml:5:22: the list 'x' must be a list of values; write { value: ..., until: 2027-01-01 }"),
                list(
                        "[{value: a, untill: 2027-01-01}]",
                        "r.yml:5:33: 'untill' is not known in an entry of a list; did you mean 'until'?"),
                list(
                        "[{value: a, until: tomorrow}]",
                        "r.yml:5:33: 'until' must be a date, not 'tomorrow'; write 2027-01-31, which is 00:00 UTC, or 2027-01-31T09:00:00+09:00"),
                list(
                        "[{value: a, ttl: 1d}]",
                        "r.yml:5:22: an entry with a 'ttl' needs a 'from'; write from: and when it was seen"),
                list(
                        "[{value: a, from: 2027-01-02, until: 2027-01-01}]",
                        "r.yml:5:22: the entry 'a' ends before it begins; give an 'until' that is after 'from'"),
                list(
                        "{kind: address, values: [10.0.0.1/8]}",
                        "r.yml:5:46: '10.0.0.1/8' is neither an address nor a network in the list on 'f'; write one such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32"),
                list(
                        "{kind: domain, values: ['http://a.example']}",
                        "r.yml:5:45: 'http://a.example' is no domain in the list on 'f'; write one such as example.org"),
                list(
                        "{kind: hash, values: [abc]}",
                        "r.yml:5:43: 'abc' is no hash in the list on 'f'; write its hexadecimal digits, 32 to 128"),
                row(
                        HEAD
                                + "detection: {s: {'f|contains|expand': '%x%'}, condition: s}\nbongsu: {lists: {x: {kind: address, values: ['::1']}}}",
                        "r.yml:4:38: the list '%x%' holds an address in each entry and stands alone; write f|expand: '%x%'"));
    }

    static Stream<Arguments> searches() {
        return Stream.of(
                search(
                        "user.name|contain: x",
                        "r.yml:6:5: unknown modifier 'contain' on 'user.name'; did you mean 'contains'?"),
                search("f|regex: x", "r.yml:6:5: unknown modifier 'regex' on 'f'; write re"),
                search(
                        "f|in: [x]",
                        "r.yml:6:5: unknown modifier 'in' on 'f'; leave it out: of a list one value is enough"),
                search(
                        "f|re: 'x\\Z'",
                        "r.yml:6:11: the regular expression is refused: invalid escape sequence '\\Z' on 'f'; write $ or \\z; the syntax is that of RE2"),
                search(
                        "f|frobnicate: x",
                        "r.yml:6:5: unknown modifier 'frobnicate' on 'f'; see the list in correlation-rules/README.md"),
                search(
                        "'|contian': x",
                        "r.yml:6:5: unknown modifier 'contian' on the keywords; did you mean 'contains'?"),
                search(
                        "f|: x",
                        "r.yml:6:5: a '|' without a modifier on 'f'; remove it, or write the modifier behind it"),
                search(
                        "f|fieldref: 3",
                        "r.yml:6:17: 'fieldref' on 'f' needs the name of a field; write the field to compare with as the value"),
                search(
                        "f|fieldref: 'x*'",
                        "r.yml:6:17: 'fieldref' on 'f' cannot have wildcards in the name of a field; write the whole name"),
                search(
                        "f|fieldref|re: x",
                        "r.yml:6:5: the modifiers 're' and 'fieldref' on 'f' do not go together; keep one of them"),
                search(
                        "f|expand: '%x%'",
                        "r.yml:6:15: no list is given for the placeholder '%x%' on 'f'; put its values into a file x.txt in a folder of 'lists'"),
                search(
                        "f|hour: noon",
                        "r.yml:6:13: 'hour' on 'f' needs a whole number, not 'noon'; write it in digits and without quotes"),
                search("f|hour: 24", "r.yml:6:13: 'hour' on 'f' is never 24; write 0 to 23"),
                search(
                        "f|hour|minute: 3",
                        "r.yml:6:5: the modifiers 'minute' and 'hour' on 'f' do not go together; keep one of them"),
                search(
                        "f|startswith|re: x",
                        "r.yml:6:5: the modifier 're' on 'f' comes too late; write contains, startswith or endswith after it"),
                search(
                        "f: " + "x".repeat(32_769),
                        "r.yml:6:8: a value of 'f' has more than 32768 characters; a part of it will do"),
                search(
                        "f|cidr: " + "1.".repeat(1_000),
                        "r.yml:6:13: '" + "1.".repeat(299) + "1…; write one such as 10.0.0.0/8 or 2001:db8::/32"),
                search(
                        "f: {a: b}",
                        "r.yml:6:8: a value of 'f' must be text, a number, true, false or null; write one value in each line; put it in quotes when it holds ': '"),
                search(
                        "f: [[a]]",
                        "r.yml:6:9: a value of 'f' must be text, a number, true, false or null; write one value in each line; put it in quotes when it holds ': '"),
                search("f: []", "r.yml:6:8: 'f' has no values; write one, or null for a field that is absent"),
                search("{}", "r.yml:5:3: the search is empty; write a field and what it has, or remove the search"),
                search(
                        "f|contains|contains: x",
                        "r.yml:6:5: the modifier 'contains' is on 'f' twice; remove one of them"),
                search(
                        "f|contains|startswith: x",
                        "r.yml:6:5: the modifiers 'contains' and 'startswith' on 'f' do not go together; keep one of them"),
                search(
                        "f|re|cased: x",
                        "r.yml:6:5: the modifiers 're' and 'cased' on 'f' do not go together; keep one of them"),
                search(
                        "f|exists|all: true",
                        "r.yml:6:5: the modifiers 'exists' and 'all' on 'f' do not go together; keep one of them"),
                search(
                        "f|exists: maybe",
                        "r.yml:6:15: 'exists' on 'f' must be true or false; write one of them, without quotes"),
                search("f|i: x", "r.yml:6:5: the modifier 'i' on 'f' needs 're'; write re|i"),
                search(
                        "f|contains|base64: x",
                        "r.yml:6:5: the modifier 'base64' on 'f' comes too late; write contains, startswith or endswith after it"),
                search(
                        "f|base64: 'a*'",
                        "r.yml:6:15: 'base64' on 'f' cannot encode wildcards; write them as \\* and \\?, or use contains"),
                search(
                        "f|windash: '-a -b -c -d -e -f'",
                        "r.yml:6:16: 'windash' on 'f' gives more than 3125 variants; write fewer dashes in one value"),
                search("'|exists': true", "r.yml:6:5: this modifier needs a field; write a field name before it"),
                search("'': null", "r.yml:6:9: a keyword cannot be null; write a text"),
                search(
                        "f|contains: null",
                        "r.yml:6:17: null on 'f' cannot have modifiers; remove them, or write '' for an empty value"),
                search(
                        "f|gt: x",
                        "r.yml:6:11: 'gt' on 'f' needs a number, not 'x'; write it in digits and without quotes"),
                search(
                        "f|cidr: 10.0.0.300/8",
                        "r.yml:6:13: '10.0.0.300/8' on 'f' is not an address block; write one such as 10.0.0.0/8 or 2001:db8::/32"),
                search(
                        "f|cidr: 10.1.0.0/8",
                        "r.yml:6:13: '10.1.0.0/8' on 'f' has bits after the prefix; write 10.0.0.0/8"),
                search(
                        "f|re: 'a(?=b)'",
                        "r.yml:6:11: the regular expression uses lookahead '(?=' on 'f'; no engine does that in linear time; say it with a second search and the condition"),
                search(
                        "f|re: '(?!b)'",
                        "r.yml:6:11: the regular expression uses negative lookahead '(?!' on 'f'; no engine does that in linear time; say it with a second search and the condition"),
                search(
                        "f|re: '(?<=b)'",
                        "r.yml:6:11: the regular expression uses lookbehind '(?<=' on 'f'; no engine does that in linear time; say it with a second search and the condition"),
                search(
                        "f|re: '(a)\\1'",
                        "r.yml:6:11: the regular expression uses the back reference '\\1' on 'f'; no engine does that in linear time; write the text out"),
                search(
                        "f|re: 'a++'",
                        "r.yml:6:11: the regular expression is refused: invalid nested repetition operator '++' on 'f'; the syntax is that of RE2"),
                search(
                        "f|re: '(((a{1000}){1000}){1000})'",
                        "r.yml:6:11: the regular expression is too large on 'f'; repeat less: its counts multiply"),
                search(
                        "f|re: '[(](a{1000}){1000}[)]'",
                        "r.yml:6:11: the regular expression is too large on 'f'; repeat less: its counts multiply"));
    }

    static Stream<Arguments> conditions() {
        return Stream.of(
                row(
                        HEAD + "detection:\n  s: {f: 1}",
                        "r.yml:5:3: the detection has no 'condition'; name the search identifiers to look for"),
                condition(
                        "{a: b}",
                        "r.yml:7:14: a condition must be text; write such as: selection and not 1 of filter*"),
                condition(
                        "three",
                        "r.yml:7:14: the condition names 'three', which is not in the detection; there are one, two"),
                condition(
                        "oen",
                        "r.yml:7:14: the condition names 'oen', which is not in the detection; did you mean 'one'?"),
                condition(
                        "one and",
                        "r.yml:7:21: the condition has the end where a search identifier is expected; write such as: selection and not 1 of filter*"),
                condition(
                        "one or or two",
                        "r.yml:7:21: the condition has 'or' where a search identifier is expected; write such as: selection and not 1 of filter*"),
                condition(
                        "one two",
                        "r.yml:7:18: the condition has 'two' where 'and', 'or' or the end is expected; write such as: selection and not 1 of filter*"),
                condition(
                        "(one or two",
                        "r.yml:7:25: the condition has the end where ')' is expected; close the parenthesis"),
                condition(
                        "all of",
                        "r.yml:7:20: the condition has the end where 'them' or a pattern such as 'selection_*' is expected; write such as: selection and not 1 of filter*"),
                condition(
                        "one and or tow and (three",
                        "r.yml:7:22: the condition has 'or' where a search identifier is expected; write such as: selection and not 1 of filter*",
                        "r.yml:7:25: the condition names 'tow', which is not in the detection; did you mean 'two'?",
                        "r.yml:7:34: the condition names 'three', which is not in the detection; there are one, two"),
                condition(
                        "'one and three'",
                        "r.yml:7:23: the condition names 'three', which is not in the detection; there are one, two"),
                condition(
                        "\"one and three\"",
                        "r.yml:7:23: the condition names 'three', which is not in the detection; there are one, two"),
                condition(
                        "\"one and\\tthree\"",
                        "r.yml:7:14: the condition names 'three', which is not in the detection; there are one, two"),
                condition(
                        "one\n    or three\n    or (two",
                        "r.yml:8:8: the condition names 'three', which is not in the detection; there are one, two",
                        "r.yml:9:12: the condition has the end where ')' is expected; close the parenthesis"),
                condition(
                        ">- # said in two lines\n    one or\n\n      three and\n    two or not",
                        "r.yml:10:7: the condition names 'three', which is not in the detection; there are one, two",
                        "r.yml:11:15: the condition has the end where a search identifier is expected; write such as: selection and not 1 of filter*"),
                condition(
                        "|\r\n    one\r\n    and (three)\r\n",
                        "r.yml:9:10: the condition names 'three', which is not in the detection; there are one, two"),
                condition(
                        "[one, one and 한국]",
                        "r.yml:7:28: the condition names '한국', which is not in the detection; there are one, two"),
                condition(
                        "one && two",
                        "r.yml:7:18: the condition has '&&' where 'and', 'or' or the end is expected; write 'and'"),
                condition(
                        "one || two",
                        "r.yml:7:18: the condition has '||' where 'and', 'or' or the end is expected; write 'or'"),
                condition(
                        "one near two",
                        "r.yml:7:18: the condition has 'near' where 'and', 'or' or the end is expected; the operators are and, or and not"),
                condition(
                        "one and nto two",
                        "r.yml:7:22: the condition has 'nto' where a search identifier is expected; did you mean 'not'?"),
                condition(
                        "one) and two",
                        "r.yml:7:17: the condition has ')' where 'and', 'or' or the end is expected; remove it, or write what belongs before it"),
                condition(
                        "!one and two",
                        "r.yml:7:14: the type '!one' is not allowed; remove it, or put a text that begins with ! in quotes"),
                condition("''", "r.yml:7:14: the condition is empty; name the search identifiers to look for"),
                row(
                        HEAD + "detection: {my own: {f: 1}, condition: my own}",
                        "r.yml:4:40: a condition cannot name the search 'my own'; call it 'my_own'"),
                row(
                        HEAD + "detection: {of: {f: 1}, condition: of}",
                        "r.yml:4:36: the condition has 'of' where a search identifier is expected; it is a word of conditions; call the search otherwise"),
                row(
                        HEAD + "detection: {s: {f: 1}}\ncondition: s",
                        "r.yml:5:1: the detection has no 'condition'; indent this one below 'detection'"),
                row(
                        HEAD + "detection: {s: {f: 1}, conditon: s}",
                        "r.yml:4:24: the detection has no 'condition'; did you mean it by 'conditon'?"),
                condition("2 of them", "r.yml:7:14: '2 of' is not known; write '1 of', 'any of' or 'all of'"),
                condition("1 of sel*", "r.yml:7:19: no search identifier matches 'sel*'; there are one, two"),
                condition(
                        "one | count() > 5",
                        "r.yml:7:18: the condition has an aggregation after '|', which Sigma has given up; write a correlation rule over this one"),
                condition(
                        "(".repeat(101) + "one" + ")".repeat(101),
                        "r.yml:7:114: the condition is nested more than 100 deep; split it"));
    }

    static Stream<Arguments> correlations() {
        String good = "type: event_count\nrules: base\ntimespan: 1m\ncondition: {gte: 5}\n";
        return Stream.of(
                correlation(
                        "{}",
                        "r.yml:10:3: the correlation has no 'timespan'; write one, such as 5m",
                        "r.yml:10:3: the correlation has no 'type'; write type: event_count",
                        "r.yml:10:3: the correlation names no 'rules'; name at least one id or name"),
                correlation(
                        good.replace("type: event_count\n", ""),
                        "r.yml:10:3: the correlation has no 'type'; write type: event_count"),
                correlation(
                        good.replace("event_count", "event_cuont"),
                        "r.yml:10:3: unknown correlation type 'event_cuont'; did you mean 'event_count'?"),
                correlation(
                        good.replace("event_count", "value_count"),
                        "r.yml:13:14: the condition of value_count names no 'field'; write field: and the name of one"),
                correlation(
                        good.replace("event_count", "value_sum").replace("gte: 5", "gte: x, field: [a, b]"),
                        "r.yml:13:20: 'gte' must be a number; write it in digits and without quotes",
                        "r.yml:13:23: the condition of value_sum measures one field; only value_count has several"),
                correlation(
                        good.replace("event_count", "value_percentile").replace("gte: 5", "gte: 5, field: a"),
                        "r.yml:13:14: the condition of value_percentile names no 'percentile'; write percentile: 95"),
                correlation(
                        good.replace("event_count", "value_percentile")
                                .replace("gte: 5", "gte: 5, field: a, percentile: 101"),
                        "r.yml:13:33: a percentile is from 0 to 100; write such as percentile: 95"),
                correlation(
                        good.replace("event_count", "value_percentile")
                                .replace("gte: 5", "gte: 5, field: a, percentile: 99.9999999"),
                        "r.yml:13:33: a percentile has at most six digits after the point; round it"),
                correlation(
                        good.replace("event_count", "temporal").replace("{gte: 5}", "base and other"),
                        "r.yml:13:23: the condition names 'other', which is not among 'rules'; there are base"),
                correlation(
                        good.replace("event_count", "temporal").replace("{gte: 5}", "not base"),
                        "r.yml:13:3: the condition also holds when nothing happens; name a rule that must fire"),
                correlation(
                        good.replace("event_count", "temporal_ordered").replace("{gte: 5}", "base or base"),
                        "r.yml:13:14: the condition of temporal_ordered may only say a and b and not c; use temporal, or bongsu: steps"),
                correlation(
                        good.replace("event_count", "temporal_ordered").replace("{gte: 5}", "not base"),
                        "r.yml:13:14: the condition also holds when nothing happens; name a rule that must fire"),
                correlation(
                        good.replace("event_count", "temporal_ordered"),
                        "r.yml:13:14: temporal_ordered needs all of its rules, in their order; leave the condition out, or chain correlations"),
                correlation(
                        good.replace("rules: base\n", ""),
                        "r.yml:10:3: the correlation names no 'rules'; name at least one id or name"),
                correlation(
                        good.replace("timespan: 1m\n", ""),
                        "r.yml:10:3: the correlation has no 'timespan'; write one, such as 5m"),
                correlation(
                        good.replace("1m", "1w"),
                        "r.yml:12:13: 'timespan' must be a duration, not '1w'; write a number and s, m, h or d, such as 5m"),
                correlation(
                        good.replace("1m", "[1m]"),
                        "r.yml:12:13: 'timespan' must be a duration; write a number and s, m, h or d, such as 5m"),
                correlation(
                        good.replace("1m", "0s"),
                        "r.yml:12:3: 'timespan' must be longer than nothing; write one, such as 5m"),
                correlation(
                        good.replace("1m", "999d"),
                        "r.yml:12:3: the timespan must be between 1 µs and 400 days, not 86313600000000 µs; write such as 1h"),
                correlation(
                        good.replace("condition: {gte: 5}\n", ""),
                        "r.yml:10:3: the correlation has no 'condition'; write one, such as gte: 5"),
                correlation(
                        good.replace("{gte: 5}", "5"),
                        "r.yml:13:14: the condition of event_count must be a map; write gte: and a number"),
                correlation(
                        good.replace("{gte: 5}", "[5]"),
                        "r.yml:13:14: 'condition' must be a map; write keys and values below it, such as key: value"),
                correlation(
                        good.replace("gte: 5", "gte: x"),
                        "r.yml:13:20: 'gte' must be a whole number from 0; write it in digits and without quotes"),
                correlation(
                        good.replace("gte: 5", "gte: 0"),
                        "r.yml:13:15: a count of 0 is always reached; write gte: 1 or more"),
                correlation(
                        good.replace("gte: 5", ""),
                        "r.yml:13:14: the condition of event_count has no operator; write gte: and a number"),
                correlation(
                        good.replace("gte: 5", "gte: 5, lt: 3"),
                        "r.yml:13:14: no count of 1 or more fulfils this condition, and without any event nothing is counted; write gte: 1 or more, or a step with 'not' for what does not happen"),
                correlation(
                        good.replace("gte: 5", "gte: 5, field: x"),
                        "r.yml:13:23: 'field' is not known in the condition of event_count; there are eq, gt, gte, lt, lte, neq"),
                correlation(
                        good.replace("gte: 5", "gte: 20001"),
                        "r.yml:13:14: an event count must be reached between 1 and 20000 events, not at 20001; write such a number"),
                correlation(
                        good + "group_by: x",
                        "r.yml:14:3: 'group_by' is not known in a correlation; did you mean 'group-by'?"),
                correlation(
                        good + "generate: maybe",
                        "r.yml:14:13: 'generate' must be true or false; write one of them, without quotes"),
                correlation(
                        good + "bongsu: {quite: 1h}",
                        "r.yml:14:12: 'quite' is not known in 'bongsu'; did you mean 'quiet'?"),
                correlation(
                        good + "bongsu: {quiet: 0s}",
                        "r.yml:14:12: 'quiet' must be longer than nothing; write one, such as 1h, or leave it out"),
                correlation(
                        good.replace("base", "bsae"),
                        "r.yml:11:10: no rule has the id or name 'bsae'; check the spelling, or load its file too"),
                correlation(
                        good.replace("base", "c"),
                        "r.yml:11:10: the correlation refers to itself through 'c'; name other rules"),
                row(
                        BASE + "correlation:\n" + good.replace("base", "d").indent(2)
                                + "---\ntitle: d\nid: d\ncorrelation:\n"
                                + good.replace("base", "c").indent(2),
                        "r.yml:11:10: the correlation refers to itself through 'd'; name other rules",
                        "r.yml:19:10: the correlation refers to itself through 'c'; name other rules"),
                row(
                        BASE + "correlation:\n" + good.replace("base", "d").indent(2)
                                + "  group-by: [x]\n---\ntitle: d\nid: d\ncorrelation:\n"
                                + good.indent(2)
                                + "  group-by: [y, z]\n",
                        "r.yml:11:10: the correlation 'd' is not grouped by 'x'; add it to its group-by, or take one of y, z"),
                correlation(
                        good + "bongsu: {steps: [{rule: base}]}",
                        "r.yml:14:12: 'steps' belongs to temporal_ordered, not to event_count; remove it, or write type: temporal_ordered"),
                correlation(
                        steps("{rule: base, not: base}"),
                        "r.yml:13:20: a step has either 'rule' or 'not'; write one of them; a step that must not happen is one of its own"),
                correlation(
                        steps("base"),
                        "r.yml:13:20: each of 'steps' must be a map; write { rule: name } or { not: name }"),
                correlation(
                        steps("{not: base, runs: 2}"),
                        "r.yml:13:32: 'runs' is how often a rule fires, at least 1; write runs: 2 beside 'rule', or leave it out"),
                correlation(
                        steps("{not: base}"),
                        "r.yml:13:12: a sequence begins with a step that happens; write a step with 'rule' first"),
                correlation(
                        steps("{rule: base, runs: 201}"),
                        "r.yml:13:12: a sequence has at most 200 steps with their repetitions; lower 'runs', or count in a rule of its own"),
                correlation(
                        steps("{rule: t}"),
                        "r.yml:13:27: 't' is not among the rules of this correlation; add it to 'rules'"),
                correlation(
                        good + "bongsu: {min_events: 0}",
                        "r.yml:14:12: 'min_events' must be at least 1; write a number from 1, or leave it out"),
                correlation(
                        good + "bongsu: {baseline: 1d}",
                        "r.yml:14:12: 'baseline' belongs to rate, not to event_count; remove it, or write type: rate"),
                correlation(
                        good + "bongsu: {learning: 1d}",
                        "r.yml:14:12: 'learning' belongs to first_seen and rate, not to event_count; remove it, or write one of these types"),
                correlation(
                        good + "bongsu: {hours: 22-6, zone: UTC}",
                        "r.yml:14:12: 'hours' must be a span, not '22-6'; write 22:00-06:00"),
                correlation(
                        good + "bongsu: {weekdays: [mon, son], zone: UTC}",
                        "r.yml:14:28: 'son' is no weekday; write mon, tue, ... or mon-fri"),
                correlation(
                        good + "bongsu: {hours: 22:00-06:00}",
                        "r.yml:14:11: hours and weekdays need a 'zone'; write one, such as Asia/Seoul or UTC"),
                correlation(
                        good + "bongsu: {hours: 22:00-06:00, zone: Seoul}",
                        "r.yml:14:32: unknown zone 'Seoul'; write one such as Asia/Seoul or UTC"),
                correlation(
                        good + "bongsu: {alerts: low}",
                        "r.yml:14:12: 'alerts' already says over what; leave 'rules' out"),
                correlation(
                        "type: temporal\ntimespan: 1m\nbongsu: {alerts: low}",
                        "r.yml:12:12: 'alerts' does not go with temporal, which asks for rules; name 'rules', or count: type: event_count"),
                correlation(
                        "type: event_count\ntimespan: 1m\ncondition: {gte: 1}\nbongsu: {alerts: lowest}",
                        "r.yml:13:12: unknown level 'lowest'; write one of informational, low, medium, high, critical"),
                correlation(
                        first("{}"), "r.yml:13:14: first_seen looks at one to three fields; write field: source.ip"),
                correlation(
                        first("{field: [a, b, c, d]}"),
                        "r.yml:13:15: first_seen looks at one to three fields; write field: source.ip"),
                correlation(
                        first("{field: a, gte: 1}"),
                        "r.yml:13:25: 'gte' is not known in the condition of first_seen; there are field"),
                correlation(
                        "type: first_seen\nrules: [base]\ntimespan: 1m",
                        "r.yml:10:3: the correlation has no 'condition'; write one, such as field: source.ip"),
                correlation(
                        first("{field: a}") + "\nbongsu: {learning: 2d}",
                        "r.yml:14:12: 'learning' is longer than the timespan, which is how far back is remembered; shorten it, or lengthen the timespan"),
                correlation(
                        rate("{}", "{}"),
                        "r.yml:13:14: the condition of rate has no operator; write gte: 3 for three times as many as usual"),
                correlation(
                        "type: rate\nrules: [base]\ntimespan: 1h",
                        "r.yml:10:3: the correlation has no 'condition'; write gte: 3 for three times as many as usual"),
                correlation(
                        rate("{gte: 3}", "{baseline: 90m}"),
                        "r.yml:14:12: 'baseline' must be a multiple of the timespan; write such as 24h for a timespan of 1h"),
                correlation(
                        rate("{gte: 3}", "{learning: 2d}"),
                        "r.yml:14:12: 'learning' must be from the timespan to the baseline; write a duration between them, or leave it out for the whole baseline"),
                correlation(
                        rate("{gte: 3}", "{baseline: 500h}"),
                        "r.yml:14:12: the baseline must be 1 to 400 times as long as the timespan, not 500; shorten it, or lengthen the timespan"),
                correlation(
                        rate("{gte: 3}", "{also: [{type: value_count, field: a, gte: 1}]}"),
                        "r.yml:14:12: 'also' belongs to a condition with numbers; remove it, or count: type: event_count"),
                correlation(
                        good + "bongsu: {also: [{type: ratio, gte: 0.5}]}",
                        "r.yml:14:19: a condition of ratio names no 'rules'; name those whose share counts"),
                correlation(
                        good + "bongsu: {also: [{type: share, gte: 0.5}]}",
                        "r.yml:14:20: unknown type 'share'; write one of event_count, value_count, temporal, value_sum, value_avg, value_percentile, value_median, ratio"),
                correlation(
                        good + "bongsu: {also: [{gte: 0.5}]}",
                        "r.yml:14:19: a condition under 'also' has no 'type'; write one of event_count, value_count, temporal, value_sum, value_avg, value_percentile, value_median, ratio"),
                row(
                        BASE.replace("f: 1", "f|x: 1") + "correlation:\n" + good.indent(2),
                        "r.yml:5:17: unknown modifier 'x' on 'f'; did you mean 'i'?",
                        "r.yml:11:10: the rule 'base' has problems of its own; mend that one first"),
                row(
                        BASE.replace("{s: {f: 1}, condition: s}", "{s: {f: 1, condition: s}") + "correlation:\n"
                                + good.indent(2),
                        "r.yml:5:12: not YAML: while parsing a flow mapping, expected ',' or '}', but got <document start>; close the map with '}', and put values that hold , [ ] { } in quotes",
                        "r.yml:11:10: the rule 'base' has problems of its own; mend that one first"),
                row(
                        BASE + "correlation:\n"
                                + good.replace("base", "[base, other]").indent(2) + "level: hgih\nlevel: low",
                        "r.yml:11:17: no rule has the id or name 'other'; check the spelling, or load its file too",
                        "r.yml:14:8: unknown level 'hgih'; did you mean 'high'?",
                        "r.yml:15:1: the key 'level' is here twice, first in line 14; keep one of them; several values are a list"),
                correlation(
                        good + "group-by: a\naliases: {a: {other: x}}",
                        "r.yml:15:13: the alias 'a' has no field for the rule 't'; add one under aliases",
                        "r.yml:15:17: the alias 'a' names 'other', which is not among the rules of this correlation; write the id or name of one of them"),
                correlation(
                        good + "group-by: ['']", "r.yml:14:14: 'group-by' names a field without a name; leave it out"),
                correlation(good + "group-by: [a, b, a]", "r.yml:14:20: 'group-by' names 'a' twice; leave it out"),
                correlation(
                        good + "bongsu: {hours: 09:00-09:00, zone: UTC}",
                        "r.yml:14:12: 'hours' begin and end at the same minute; write 00:00-24:00 for the whole day"),
                correlation(
                        good + "bongsu: {weekdays: [], zone: UTC}",
                        "r.yml:14:12: 'weekdays' names no day; write mon-fri, or leave it out"),
                correlation(
                        good + "bongsu: {zone: UTC}",
                        "r.yml:14:12: 'zone' says nothing without hours or weekdays; add them, or leave it out"));
    }

    /** With the steps from line 13, column 20 on. */
    private static String steps(String steps) {
        return "type: temporal_ordered\nrules: base\ntimespan: 1m\nbongsu: {steps: [" + steps + "]}";
    }

    static Stream<Arguments> tests() {
        return Stream.of(
                row(
                        HEAD + "detection: {s: {f: 1}, condition: s}\ntests: x",
                        "r.yml:5:8: 'tests' must be a list; begin each with '- '"),
                test("x", "r.yml:6:5: each of 'tests' must be a map; write keys and values: - { key: value }"),
                test(
                        "{events: [{fields: {f: 1}}], expect: {alerts: 1}}",
                        "r.yml:6:5: the test has no 'name'; write one that says what happens"),
                test(
                        "{name: n, expect: {alerts: 1}}",
                        "r.yml:6:5: the test has no 'events'; write - { at: 0s, raw: ... }"),
                test(
                        "{name: n, events: [{fields: {f: 1}}]}",
                        "r.yml:6:5: the test has no 'expect'; write expect: { alerts: 1 }"),
                test(
                        "{name: n, events: [{fields: {f: 1}}], expect: {}}",
                        "r.yml:6:51: 'expect' does not say how many 'alerts'; write alerts: 1"),
                test(
                        "{name: n, events: [{fields: {f: 1}}], expect: {alert: 1}}",
                        "r.yml:6:51: 'expect' does not say how many 'alerts'; write alerts: 1",
                        "r.yml:6:52: 'alert' is not known in 'expect'; did you mean 'alerts'?"),
                test(
                        "{name: n, events: [{fields: {f: 1}}], expect: {alerts: 0, count: 1}}",
                        "r.yml:6:51: no alerts are expected, but 'group' or 'count' describe one; remove them, or expect alerts"),
                test(
                        "{name: n, events: [{raw: a, fields: {f: 1}}], expect: {alerts: 1}}",
                        "r.yml:6:24: an event of a test has either 'raw' or 'fields'; write raw: and a line, or fields: and a map"),
                test(
                        "{name: n, events: [{raw: a, repeat: 0}], expect: {alerts: 1}}",
                        "r.yml:6:33: 'repeat' must be 1 to 100000; write such a number, or leave it out for one event"),
                test(
                        "{name: n, events: [{raw: a, at: soon}], expect: {alerts: 1}}",
                        "r.yml:6:37: 'at' must be a duration, not 'soon'; write a number and s, m, h or d, such as 5m"),
                test(
                        "{name: n, events: [{fields: {f: {g: 1}, h: 1}}], expect: {alerts: 1}}",
                        "r.yml:6:37: the field 'f' must be a value or a list of values; write names with dots"),
                test(
                        "{name: n, events: [{fields: {f: 1}, logsource: x}], expect: {alerts: 1}}",
                        "r.yml:6:52: 'logsource' must be a map; write such as { product: linux, service: sshd }"),
                test(
                        "{name: n, events: [{fields: {f: 1}, logsource: {}}], expect: {alerts: 1}}",
                        "r.yml:6:52: the log source is empty; name a category, a product or a service"));
    }

    @ParameterizedTest
    @MethodSource({"rules", "lists", "searches", "conditions", "correlations", "tests"})
    void saysWhatIsWrongWhereAndWhatToDo(String text, String[] messages) {
        assertThat(Rules.messages(text)).containsExactly(messages);
        assertThat(messages).allMatch(message -> message.contains("; "), "says how to mend it");
    }

    private static final String RULE = HEAD + "detection: {s: {user.name: 1}, condition: s}\n---\ntitle: f\nid: f\n";

    static Stream<Arguments> warnings() {
        String named = HEAD.replace("id:", "name:");
        String rule = RULE.replace("id:", "name:");
        return Stream.of(
                row(
                        rule
                                + "correlation: {type: event_count, rules: [r], timespan: 1m, condition: {gte: 2}, aliases: {a: {r: user.name}}}",
                        "r.yml:8:91: nothing uses the alias 'a'; name it in group-by or as a field of the condition"),
                row(
                        named + "detection: {s: {user.nmae: 1, x.y: 1}, condition: s}",
                        "r.yml:4:17: no mapping and no parser knows the field 'user.nmae' of {product: linux}; did you mean 'user.name'?",
                        "r.yml:4:31: no mapping and no parser knows the field 'x.y' of {product: linux}; it is looked for under this very name; a file under 'mappings' can give it others"),
                row(
                        rule + "logsource: {product: linux}\nfilter: {rules: any, s: {user.name: 1}, condition: s}",
                        "r.yml:6:1: the filter keeps only the events that its condition finds; write 'not' into the condition to leave them out; bongsu: {mode: require} or {mode: exclude} says what is meant"),
                row(
                        rule
                                + "logsource: {product: linux}\nfilter: {rules: [r, f], s: {user.name: 1}, t: {user.name: 2}, condition: not s}",
                        "r.yml:9:21: 'f' is a filter itself; name the rules that it filters, or add its searches to this one",
                        "r.yml:9:44: the condition does not ask for 't'; add it to the condition, or remove it"),
                row(
                        rule
                                + "logsource: {product: macos}\nfilter: {rules: [r, x], s: {user.name: 1}, condition: not s}",
                        "r.yml:9:18: the filter does not apply to 'r', whose log source is {product: linux}; leave out what its own log source says too much",
                        "r.yml:9:21: no rule has the id or name 'x'; check the spelling, or load its file too"),
                row(
                        HEAD + "tags: [attack.t1059.001, attack.TA0002, attack.execuution, attack.t99, car.x]\n"
                                + "detection: {s: {user.name: 1}, t: {user.name: 2}, u1: {user.name: 3}, condition: s or 1 of u*}",
                        "r.yml:2:5: the id 'r' is no UUID; Sigma asks for one, so that no two rules of the world have the same; uuidgen makes one",
                        "r.yml:4:26: tags are in lower case; write attack.ta0002",
                        "r.yml:4:41: 'attack.execuution' is no tactic, technique, group or software of ATT&CK; did you mean 'execution'?",
                        "r.yml:4:60: 'attack.t99' is no tactic, technique, group or software of ATT&CK; write such as attack.t1110.001 or attack.credential-access",
                        "r.yml:5:32: the condition does not ask for 't'; add it to the condition, or remove it"),
                logsource(
                        "{category: proces_creation, product: windwos}",
                        "r.yml:3:13: no mapping and no parser knows the category 'proces_creation'; did you mean 'process_creation'?",
                        "r.yml:3:40: no mapping and no parser knows the product 'windwos'; did you mean 'windows'?"),
                logsource(
                        "{product: windows, service: powershell_classic}",
                        "r.yml:3:31: no mapping and no parser knows the service 'powershell_classic'; did you mean 'powershell-classic'?"),
                logsource(
                        "{category: sysmon, product: windows}",
                        "r.yml:3:13: no mapping and no parser knows the category 'sysmon'; it is a service: write service: sysmon"),
                logsource(
                        "{product: acme}",
                        "r.yml:3:13: no mapping and no parser knows the product 'acme'; its events need a parser with such a sigma:, or events: in a mapping"),
                row( // once, not once more for each field
                        HEAD.replace("id:", "name:").replace("linux", "acme")
                                + "detection: {s: {odd: 1, odder: 2}, condition: s}",
                        "r.yml:3:13: no mapping and no parser knows the product 'acme'; its events need a parser with such a sigma:, or events: in a mapping"),
                logsource(
                        "{product: linux, category: ps_script}",
                        "r.yml:3:1: no mapping and no parser knows {category: ps_script, product: linux} together; leave out a part, or name it in the sigma: of a parser, or in a mapping with events:"),
                logsource(
                        "{product: linux, service: sysmn}",
                        "r.yml:3:29: no mapping and no parser knows the service 'sysmn'; did you mean 'sysmon'?"),
                row(
                        named + "detection: {s: {keywords: [a, b]}, condition: s}",
                        "r.yml:4:17: 'keywords' is taken for a field; for words anywhere in an event, write the list right below the name of the search"),
                odd(
                        "user.name|contains|all: x",
                        "'all' on 'user.name' has one value; write a list of several, or remove 'all'"),
                odd(
                        "user.name|all: [x, y]",
                        "no single value of 'user.name' is all of these; write user.name|contains|all, or remove 'all'"),
                odd(
                        "user.name|expand: x",
                        "'expand' on 'user.name' has no placeholder; write such as '%Servers%', or remove 'expand'"),
                odd(
                        "user.name|base64offset: abc",
                        "'base64offset' on 'user.name' stands for a part of the encoded text; write base64offset|contains"),
                value(
                        "user.name|contains: ''",
                        "every value of 'user.name' has ''; write a text, or user.name|exists: true"),
                value(
                        "user.name|re: '.*'",
                        "every value of 'user.name' has '.*'; write a text, or user.name|exists: true"),
                value("user.name|re: '^$'"),
                value("user.name|contains: '*'"),
                value(
                        "user.name: '%Servers%'",
                        "'%Servers%' on 'user.name' is taken as it stands; write user.name|expand for what the list holds"),
                value("user.name: '%COMSPEC%'"),
                value(
                        "user.name:",
                        "'user.name' without a value stands for a field that is absent; write null if that is meant, or '' for an empty value"),
                value(
                        "user.name: \"D:\\new\"",
                        "the value on 'user.name' holds a tab, a line end or the like; write a backslash in double quotes as \\\\, and a text in one line"),
                value("user.name: 0x17", "'0x17' on 'user.name' is the number 23; put it in quotes if it is a text"),
                value("user.name: 1.10", "'1.10' on 'user.name' is the number 1.1; put it in quotes if it is a text"),
                value("user.name: -5"),
                value("user.name|gt: 0x17"),
                value(
                        "user.name: a\u202Eb",
                        "the value on 'user.name' holds an invisible character; remove it, or write it as \\u and its number in double quotes"),
                value("user.name: \"a\\u202Eb\""),
                odd(
                        "user.name.contains: x",
                        "'user.name.contains' is taken for a field; did you mean 'user.name|contains'?"),
                value("user.name: ‘x’", "the quotes around ‘x’ belong to the value; write straight ones"),
                value(
                        "user.name|fieldref: user.name",
                        "'user.name' is compared with itself; write the name of another field"),
                row(
                        named + "detection: {s: ['*'], condition: s}",
                        "r.yml:4:17: every event has '*'; write a text, or remove it"),
                row("# nothing yet", "r.yml:1:1: the file holds no rule; write one, or remove it"),
                head(
                        "tags: [Acme.own, atack.t1059, execution, detection.dfir, detection.dfir]",
                        "r.yml:4:8: tags are in lower case; write acme.own",
                        "r.yml:4:18: the tag 'atack.t1059' is in no known namespace; did you mean 'attack'?",
                        "r.yml:4:31: the tag 'execution' has no namespace; write attack.execution",
                        "r.yml:4:42: the tag 'detection.dfir' is here twice; leave it out"),
                head(
                        "date: 2026/02/01\nmodified: 2026-01-31",
                        "r.yml:5:11: 'modified' is before 'date'; write when it was changed last"),
                head(
                        "status: Unsupported",
                        "r.yml:4:9: the status says that the rule cannot be used; mend it, or remove it"),
                head(
                        "descripton: d",
                        "r.yml:4:1: 'descripton' is a key of the rule's own; did you mean 'description'?"),
                head("related: x", "r.yml:4:10: 'related' must be a list; write - id: … and type: … below it"),
                head(
                        "related: [{id: 3f6f2d1c-6f0c-4a4e-9a57-6a3f0d8e1b2c}, {id: 3f6f2d1c-6f0c-4a4e-9a57-6a3f0d8e1b2c, type: derive}, {id: 7, type: similar}]",
                        "r.yml:4:11: a related rule has an 'id' and a 'type'; write - id: … and type: derived",
                        "r.yml:4:104: unknown type 'derive' of a related rule; did you mean 'derived'?",
                        "r.yml:4:118: '7' of a related rule is no UUID; write the id of that rule"),
                row(
                        rule
                                + "correlation: {type: value_count, rules: [r], timespan: 1m, group-by: [user.name, user.nmae], condition: {gte: 2, field: user.name}}",
                        "r.yml:8:82: no mapping and no parser knows the field 'user.nmae' of {product: linux}; did you mean 'user.name'?",
                        "r.yml:8:105: a group has one value of 'user.name', since it is grouped by it; count another field, or leave it out of group-by"),
                logsource("{product: linux, service: backup}"),
                logsource("{product: linux, service: system}"),
                logsource("{product: bongsu, service: events}"));
    }

    private static Arguments odd(String search, String... messages) {
        return oddAt("r.yml:6:5: ", search, messages);
    }

    private static Arguments value(String search, String... messages) {
        return oddAt("r.yml:6:" + (search.indexOf(": ") < 0 ? 15 : search.indexOf(": ") + 7) + ": ", search, messages);
    }

    private static Arguments oddAt(String place, String search, String... messages) {
        return row(
                HEAD.replace("id:", "name:") + "detection:\n  s:\n    " + search + "\n  condition: s",
                Arrays.stream(messages).map(place::concat).toArray(String[]::new));
    }

    private static Arguments head(String keys, String... messages) {
        return row(HEAD.replace("id:", "name:") + keys + "\ndetection: {s: {user.name: 1}, condition: s}", messages);
    }

    private static Arguments logsource(String source, String... messages) {
        return row(
                HEAD.replace("id:", "name:").replace("{product: linux}", source)
                        + "detection: {s: {user.name: 1}, condition: s}",
                messages);
    }

    /** What is odd and runs all the same. */
    @ParameterizedTest
    @MethodSource("warnings")
    void warnsOfWhatIsOdd(String text, String[] messages) {
        RuleSet.Loaded loaded = Rules.load(text, new RuleSet.Defaults(0, List.of(), List.of(), "user.name"::equals));

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.warnings().stream().map(Object::toString)).containsExactly(messages);
    }
}
