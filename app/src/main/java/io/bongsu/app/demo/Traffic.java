package io.bongsu.app.demo;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** A quiet working day: what hosts write when nothing is wrong. None of it may raise an alert. */
final class Traffic {
    private static final long MINUTE = 60_000_000L;

    private static final int AUTH = 10 * 8 + 6;
    private static final int CRON = 9 * 8 + 6;
    private static final int DAEMON = 3 * 8 + 6;
    private static final int KERNEL = 6;
    private static final int LOCAL7 = 23 * 8 + 6;
    private static final int MAIL = 2 * 8 + 6;

    private static final List<String> USERS = List.of("deploy", "alice", "bob", "minsu", "jiyoung", "backup", "ops");
    private static final List<String> PATHS = List.of(
            "/", "/api/orders", "/api/orders/4711", "/static/app.js", "/login", "/favicon.ico", "/search?q=lamp");
    private static final List<String> UNITS = List.of(
            "Daily apt download activities",
            "Session 812 of User deploy",
            "Rotate log files",
            "Cleanup of Temporary Directories",
            "Certbot");
    private static final List<String> KOREAN =
            List.of("사용자 김민수 로그인 성공", "주문 체크 완료: 주문번호 20417", "재고 동기화 시작", "파일 업로드 완료 (보고서_최종.xlsx)", "결제 승인 요청 처리");
    private static final DateTimeFormatter ACCESS =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Random random;

    Traffic(Random random) {
        this.random = random;
    }

    /** So many lines of one host, spread over the time from start to end. */
    List<Line> of(Host host, int lines, long start, long end) {
        List<Line> day = new ArrayList<>(lines);
        for (int i = 0; i < lines; i++) {
            long time = start + (long) ((end - start) * ((i + random.nextDouble()) / lines));
            time -= time % 1_000;
            day.add(new Line(time, host, "", host.transport().isJson() ? json(host, time) : syslog(host, time)));
        }
        day.addAll(typos(host, start, end));
        return day;
    }

    /** Somebody mistypes a password once and then gets it right: every 80 minutes, each time somebody else. */
    private List<Line> typos(Host host, long start, long end) {
        List<Line> lines = new ArrayList<>();
        if (host.transport().isJson()) {
            return lines;
        }
        int user = 0;
        for (long time = start + (host.number() % 16 + 1) * 5 * MINUTE; time < end - MINUTE; time += 80 * MINUTE) {
            String who = USERS.get(user) + " from " + host.workstation(user) + " port " + port() + " ssh2";
            int pid = pid();
            lines.add(auth(host, time, "sshd", pid, "Failed password for " + who));
            lines.add(auth(host, time + 4_000_000, "sshd", pid, "Accepted password for " + who));
            user++;
        }
        return lines;
    }

    private static Line auth(Host host, long time, String program, int pid, String message) {
        return new Line(time, host, "", Frames.syslog(host, time, AUTH, program, pid, message));
    }

    private byte[] syslog(Host host, long time) {
        int dice = random.nextInt(100);
        int user = random.nextInt(USERS.size());
        String name = USERS.get(user);
        if (host.name().startsWith("kr-") && dice < 45) {
            return Frames.syslog(host, time, LOCAL7, "erp", pid(), pick(KOREAN));
        }
        if (dice < 12) {
            return Frames.syslog(host, time, AUTH, "sshd", pid(), sshd(host, user, name));
        }
        if (dice < 17) {
            return Frames.syslog(host, time, AUTH, "sudo", 0, sudo(name));
        }
        if (dice < 32) {
            return Frames.syslog(
                    host,
                    time,
                    CRON,
                    "CRON",
                    pid(),
                    "(root) CMD (test -x /usr/sbin/anacron || run-parts /etc/cron.hourly)");
        }
        if (dice < 50) {
            return Frames.syslog(
                    host,
                    time,
                    DAEMON,
                    "systemd",
                    1,
                    (random.nextBoolean() ? "Started " : "Finished ") + pick(UNITS) + ".");
        }
        if (dice < 58) {
            return Frames.syslog(host, time, KERNEL, "kernel", 0, kernel(host));
        }
        if (dice < 61) {
            return unknown(host, time);
        }
        return switch (host.name().replaceAll("-.*", "")) {
            case "mail" ->
                Frames.syslog(
                        host,
                        time,
                        MAIL,
                        "postfix/smtpd",
                        pid(),
                        "connect from relay.example.org[10.20.9." + (1 + random.nextInt(200)) + "]");
            case "dns" ->
                Frames.syslog(
                        host,
                        time,
                        DAEMON,
                        "named",
                        pid(),
                        "client @0x7f21 10.30.1." + (1 + random.nextInt(200)) + "#" + port()
                                + " (intranet.example.org): query: intranet.example.org IN A + (10.20.0.5)");
            default -> Frames.syslog(host, time, LOCAL7, "nginx", 0, access(time));
        };
    }

    private String sshd(Host host, int user, String name) {
        String from = host.workstation(user) + " port " + port();
        return switch (random.nextInt(4)) {
            case 0 -> "Accepted publickey for " + name + " from " + from + " ssh2: ED25519 SHA256:" + hex(20);
            case 1 ->
                "pam_unix(sshd:session): session opened for user " + name + "(uid=" + (1000 + user) + ") by (uid=0)";
            case 2 -> "pam_unix(sshd:session): session closed for user " + name;
            default -> "Disconnected from user " + name + " " + from;
        };
    }

    private String sudo(String name) {
        String command = pick(List.of(
                "/usr/bin/systemctl reload nginx",
                "/usr/bin/apt-get update",
                "/usr/bin/tail -n 50 /var/log/syslog",
                "/usr/sbin/ss -lntp"));
        return name + " : TTY=pts/" + random.nextInt(6) + " ; PWD=/home/" + name + " ; USER=root ; COMMAND=" + command;
    }

    private String kernel(Host host) {
        return random.nextInt(4) == 0
                ? "[" + random.nextInt(900_000) + "." + (100_000 + random.nextInt(900_000))
                        + "] TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies."
                : "[" + random.nextInt(900_000) + "." + (100_000 + random.nextInt(900_000))
                        + "] IN=eth0 OUT= SRC=10.30.2." + (1 + random.nextInt(200)) + " DST=" + host.address()
                        + " LEN=60 TTL=63 PROTO=TCP SPT=" + port() + " DPT=443 SYN";
    }

    private String access(long time) {
        int status = pick(List.of(200, 200, 200, 200, 304, 302, 404));
        return "10.30." + (1 + random.nextInt(9)) + "." + (1 + random.nextInt(200)) + " - - ["
                + ACCESS.format(Micros.instant(time)) + "] \"GET " + pick(PATHS) + " HTTP/1.1\" " + status + " "
                + random.nextInt(50_000) + " \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"";
    }

    /** What no parser knows; and one that would like to write on your terminal. */
    private byte[] unknown(Host host, long time) {
        String text =
                switch (random.nextInt(4)) {
                    case 0 -> "##|" + hex(6) + "|tmpr=" + (18 + random.nextInt(9)) + "|ok";
                    case 1 -> "UPS battery " + (90 + random.nextInt(10)) + "% load " + random.nextInt(40) + "%";
                    case 2 -> "panel says \u001b]0;not your title\u0007 hello";
                    default -> "2 of 4 fans at " + (2000 + random.nextInt(900)) + " rpm";
                };
        return host.transport() != Transport.TCP_OCTETS && random.nextBoolean()
                ? text.getBytes(StandardCharsets.UTF_8)
                : Frames.syslog(host, time, LOCAL7, "gadget", 0, text);
    }

    private byte[] json(Host host, long time) {
        String service = host.name().replaceAll("-[0-9]+$", "");
        String thread = "http-nio-8080-exec-" + (1 + random.nextInt(10));
        String trace = hex(16);
        return switch (random.nextInt(6)) {
            case 0 ->
                Frames.json(
                        host,
                        time,
                        "WARN",
                        "com.example." + service + ".Pool",
                        thread,
                        "slow query: " + (200 + random.nextInt(800)) + " ms",
                        Map.of("service", service, "trace_id", trace));
            case 1 ->
                Frames.json(
                        host,
                        time,
                        "ERROR",
                        "com.example." + service + ".Client",
                        thread,
                        "call to inventory failed",
                        Map.of(
                                "service",
                                service,
                                "trace_id",
                                trace,
                                "stack_trace",
                                "java.net.SocketTimeoutException: Read timed out\n\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)\n\tat com.example."
                                        + service + ".Client.call(Client.java:41)\n"));
            case 2 ->
                Frames.json(
                        host,
                        time,
                        "INFO",
                        "com.example." + service + ".Korean",
                        thread,
                        pick(KOREAN),
                        Map.of("service", service));
            default ->
                Frames.json(
                        host,
                        time,
                        "INFO",
                        "com.example." + service + ".Controller",
                        thread,
                        "order " + (20_000 + random.nextInt(9_000)) + " accepted",
                        Map.of("service", service, "trace_id", trace, "user", pick(USERS)));
        };
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private int pid() {
        return 300 + random.nextInt(30_000);
    }

    private int port() {
        return 32_768 + random.nextInt(28_000);
    }

    private String hex(int digits) {
        StringBuilder hex = new StringBuilder(digits);
        for (int i = 0; i < digits; i++) {
            hex.append(Character.forDigit(random.nextInt(16), 16));
        }
        return hex.toString();
    }
}
