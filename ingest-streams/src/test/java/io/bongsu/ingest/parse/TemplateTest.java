package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.bongsu.model.Micros;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    @ParameterizedTest(name = "{0} on {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            a {x} c                     | a b c               | {x=b}
            a {x} c                     | a b d               | -
            {x}:{y:int}                 | if:12               | {x=if, y=12}
            {x:int}                     | -12                 | {x=-12}
            {x:int}                     | 9999999999999999999 | -
            {x:port}                    | 65536               | -
            from {x:addr}: {y:rest}     | from ::1: bye       | {x=::1, y=bye}
            from {x:addr}: {y:rest}     | from fe80::: bye    | {x=fe80::, y=bye}
            from {x:addr}.              | from h.example.org. | {x=h.example.org}
            {x:ipaddr}                  | h.example.org       | -
            {x:ipaddr}                  | 1.2.3.4             | {x=1.2.3.4}
            {x:until}={y:rest}          | a=b=c               | {x=a, y=b=c}
            {x:last}={y:rest}           | a=b=c               | {x=a=b, y=c}
            {x:last} from {y}           | a from b from c     | {x=a from b, y=c}
            {x:last} from {y:int}       | a from 1 from c     | -
            {x:last} from {y:int}[!]    | a from 1! from b from 2 | {x=a from 1! from b, y=2}
            go[ {x:int}][ now]          | go 3 now            | {x=3}
            go[ {x:int}][ now]          | go now              | {}
            go[ {x:int}][ now]          | go 3 4              | -
            `{x=on|off}[ {y=a|ab}]c`    | off abc             | {x=off, y=ab}
            {x:sp}a{_:sp}b              | a  b                | {}
            \\[{x}\\] \\{{y:lower}\\}   | [A] {B}             | {x=A, y=b}
            k={x:until} l={y:until} m   | k= l= m             | {}
            {x:float}s                  | 0.25s               | {x=0.25}
            {x:seconds}                 | 0.000001            | {x=1000}
            {x:millis}/{y:millis?}      | 12/-                | {x=12000000}
            @{x:hex}                    | @0x1f               | {x=31}
            up {x:hms}.                 | up 1:00:01.         | {x=3601000000000}
            {x:mac}                     | 00:00:5e:00:53:23   | {x=00-00-5E-00-53-23}
            {x:mac}                     | 00:00:5e            | -
            {x:upper}                   | get                 | {x=GET}
            {x:hostport} to             | 1.2.3.4:22 to       | {x.address=1.2.3.4, x.port=22}
            {x:hostport} to             | host/53 to          | {x.address=host, x.port=53}
            {x:hostport} to             | 1.2.3.4#53 to       | {x.address=1.2.3.4, x.port=53}
            {x:hostport} to             | [2001:db8::1]:53 to | {x.address=2001:db8::1, x.port=53}
            {x:hostport} to             | 2001:db8::1 to      | {x.address=2001:db8::1}
            {x:hostport}                | host                | {x.address=host}
            `"{x:quoted}" {y}`          | `"a \\"b\\" c" d` | `{x=a "b" c, y=d}`
            `"{x:quoted?}" {y}`         | `"-" d`             | {y=d}
            {x:word?} {y:int?} {z}      | - - -               | {z=-}
            {x:word?} {y}               | -a b                | {x=-a, y=b}
            {x:until(;,)}{_:rest}       | ab,c;d              | {x=ab}
            `[{t:time}]`                | `[22/Nov/2026:09:15:02 +0900]` | -
            `\\[{t:time}\\] {x}`        | `[22/Nov/2026:09:15:02 +0900] a` | {t=1795306502000000, x=a}
            """)
    void matches(String template, String text, @Nullable String expected) throws Template.Invalid {
        Body found = new Body(text, Micros.UNKNOWN, ZoneOffset.UTC);
        boolean matched = Template.compile(template).match(text, found);

        assertThat(matched ? new TreeMap<>(found.fields).toString() : null).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {x:ints}            | 0 | unknown type 'ints'
            a {x:until}[ b]     | 2 | greedy field 'x' is followed by an optional group, which it would swallow
            {x:last}{y}         | 0 | greedy field 'x' is followed by another field
            {x:until}           | 0 | greedy field 'x' is followed by the end
            {x:rest} b          | 0 | nothing can follow 'x:rest'
            a[ b                | 1 | '[' without ']'
            a ] b               | 2 | ']' without '['
            a {b                | 2 | '{' without '}'
            {a b}               | 0 | 'a b' is not a field name
            `{x=a||b}`          | 0 | `empty value in 'x=a||b'`
            a[]                 | 1 | empty optional group
            """)
    void refuses(String template, int at, String message) {
        assertThat(catchThrowable(() -> Template.compile(template)))
                .isInstanceOfSatisfying(Template.Invalid.class, invalid -> {
                    assertThat(invalid).hasMessage(message);
                    assertThat(invalid.at).isEqualTo(at);
                    assertThat(invalid.fix).isNotEmpty();
                });
    }

    @Test
    void hostileTextCostsNoMoreThanAFixedMultipleOfItsLength() throws Template.Invalid {
        Template template =
                Template.compile("[{a:until} x][{b:until} x][{c:until} x]{d:last} x {e:last} x {f:last} x {g:int}");
        String text = " x".repeat(30_000);

        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThat(
                        template.match(text, new Body(text, Micros.UNKNOWN, ZoneOffset.UTC)))
                .isFalse());
    }
}
