# One image for every role: `docker run bongsu ship`, `stream --role parse`, `index`, `setup`, `doctor`, … The servers of the
# embedded default are not in it. It runs as nobody in particular (10001), and writes to /var/lib/bongsu and /tmp only.
FROM maven:3.9.11-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -pl app -am package

FROM eclipse-temurin:25.0.1_8-jre-noble
LABEL org.opencontainers.image.title="Bongsu" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 bongsu \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/bongsu --shell /usr/sbin/nologin bongsu \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/bongsu
COPY --from=build /src/app/target/dist/lib /opt/bongsu/lib
COPY correlation-rules/rules /opt/bongsu/correlation-rules/rules
COPY LICENSE /opt/bongsu/
ENV MALLOC_ARENA_MAX=2 \
    BONGSU_DATA=/var/lib/bongsu \
    BONGSU_HEALTH_BIND=0.0.0.0:5516
USER 10001:10001
WORKDIR /var/lib/bongsu
VOLUME /var/lib/bongsu
# syslog (UDP and TCP), JSON lines, health
EXPOSE 5514/udp 5514/tcp 5515/tcp 5516/tcp
# Java is process 1 and takes SIGTERM itself. Of the memory limit, a part is for what lies outside the heap: RocksDB, network
# buffers, code.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", \
    "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8", "-Dbongsu.home=/opt/bongsu", \
    "-cp", "/opt/bongsu/lib/*", "io.bongsu.app.Main"]
CMD ["--help"]
