package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeersTest {
    private static final Map<String, String> SHORT = Map.ofEntries(
            Map.entry("source.ip", "ip"),
            Map.entry("source.port", "port"),
            Map.entry("source.domain", "name"),
            Map.entry("destination.ip", "to"),
            Map.entry("destination.port", "toPort"),
            Map.entry("user.name", "user"),
            Map.entry("file.path", "file"),
            Map.entry("log.level", "level"),
            Map.entry("event.outcome", "outcome"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cannot reach 203.0.113.7, giving up                        | outcome=failure
            connect from gw.example.net[203.0.113.7]:4022              | ip=203.0.113.7 name=gw.example.net port=4022
            client 203.0.113.7#53 asked                                | ip=203.0.113.7 port=53
            rhost=2001:db8::7 user=kim                                 | ip=2001:db8::7 user=kim
            from 198.51.100.1 said from 203.0.113.7 port 4022          | ip=203.0.113.7 port=4022
            started, version 3.2.7.1                                   |
            stopped at 09:15:02, mac 00:11:22:33:44:55                 |
            could not connect to 203.0.113.7:514: Connection refused   | to=203.0.113.7 toPort=514 outcome=failure
            203.0.113.7 already banned                                 | ip=203.0.113.7 outcome=failure
            peer (203.0.113.7) is back                                 | ip=203.0.113.7
            connect from gw.example.net                                | name=gw.example.net
            loaded rules from base.conf                                |
            password accepted for user kim                             | user=kim outcome=success
            user is not known                                          | outcome=failure
            login of user "kim lee" succeeded                          | user=kim lee outcome=success
            User name: kim. Printer name: p1                           | user=kim
            access for kim from 203.0.113.7                            | user=kim ip=203.0.113.7
            ERROR: it broke                                            | level=error outcome=failure
            <warn> it bends                                            | level=warning
            WARNING it bends                                           | level=warning
            done, 0 errors, failed=0                                   |
            no errors found                                            |
            cannot open file /etc/acme/a.conf: No such file            | file=/etc/acme/a.conf outcome=failure
            bad modes for "/home/kim/.ssh/keys"                        | file=/home/kim/.ssh/keys outcome=failure
            added logfile = /var/log/acme.log                          | file=/var/log/acme.log
            could not load key: /etc/acme/key                          | file=/etc/acme/key outcome=failure
            cmd=/bin/ls ran                                            |
            GET /index from 203.0.113.7                                | ip=203.0.113.7
            remote host [ipv4:203.0.113.7:62419] local host [ipv4:10.0.0.5:445] | ip=203.0.113.7 port=62419 to=10.0.0.5 toPort=445
            [AF_INET]203.0.113.7:1194                                  |
            from [AF_INET6]::ffff:203.0.113.7:1194                     | ip=203.0.113.7 port=1194
            remote-peer = 203.0.113.7, username = kim, class = 7       | ip=203.0.113.7 user=kim
            H=gw.example.net (hi) [203.0.113.7]:4022 I=[10.0.0.5]:25 F=a@example.net rejected | ip=203.0.113.7 port=4022 to=10.0.0.5 toPort=25 outcome=failure
            H=([198.51.100.9]) [203.0.113.7]:4022 I=[10.0.0.5]:25 is slow | ip=203.0.113.7 port=4022 to=10.0.0.5 toPort=25
            LocalAddress="IPV4/UDP/10.0.0.5/5060",RemoteAddress="IPV4/UDP/203.0.113.7/4022" | ip=203.0.113.7 port=4022 to=10.0.0.5 toPort=5060
            relay=::ffff:203.0.113.7,port=4022,msg=hi                  | ip=203.0.113.7 port=4022
            login failed - 203.0.113.7                                 | ip=203.0.113.7 outcome=failure
            login failed via 203.0.113.7                               | outcome=failure
            login moved 203.0.113.7 near 198.51.100.9                       |
            login failed for '203.0.113.7'                             | outcome=failure
            login failed for user 'o'neil' today                       | user=o'neil outcome=failure
            login failed for "kim lee"                                 | user=kim lee outcome=failure
            203.0.113.7 failed to authenticate as 'kim'                | ip=203.0.113.7 user=kim outcome=failure
            request="GET / from 198.51.100.9" with client 203.0.113.7  | ip=203.0.113.7
            login of <sip:kim@10.0.0.5> from 203.0.113.7 id x@10.0.0.5:5 | ip=203.0.113.7
            route from 10.0.0.0/8 added                                |
            blocking "203.0.113.7/32" now                              | ip=203.0.113.7
            authentication for kim has failed                          | user=kim outcome=failure
            search for kim has failed                                  | outcome=failure
            user kim failed to log in from 203.0.113.7                 | user=kim ip=203.0.113.7 outcome=failure
            user kim moved from 203.0.113.7                            | ip=203.0.113.7
            bad password, unsuccessful                                 | outcome=failure
            error    : it broke                                        | level=error outcome=failure
            [WRN] it bends                                             | level=warning
            """)
    void saysWhatIsAnnounced(String text, String expected) {
        Body body = new Body(text, 0, ZoneOffset.UTC);
        new Peers().apply(body);
        Map<String, String> found = new HashMap<>();
        body.fields.forEach((name, value) -> {
            if (SHORT.containsKey(name)) {
                found.put(SHORT.get(name), value.toString());
            }
        });
        Map<String, String> wanted = new HashMap<>();
        String rest = expected == null ? "" : expected;
        for (String pair : rest.split(" (?=[a-zA-Z]+=)")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                wanted.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        assertThat(found).as(text).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "1:2",
        "::",
        "[",
        "user=",
        "for  from",
        "name@",
        "ipv4:",
        "/",
        "<",
        "user '",
        "0=",
        "a.b.c.d.1.2.3.4",
        "from"
    })
    void endsWhateverTheText(String text) {
        Body body = new Body(text, 0, ZoneOffset.UTC);
        new Peers().apply(body);
        assertThat(body.fields).doesNotContainKey("source.ip");
    }
}
