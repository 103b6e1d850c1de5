#!/bin/bash
# Gives each role the rights that it needs in Kafka and no more. Can be repeated. Runs in the image of Kafka.
set -euo pipefail

allow() { # PRINCIPAL, then what kafka-acls.sh takes
    principal=$1
    shift
    "${KAFKA_ACLS:-/opt/kafka/bin/kafka-acls.sh}" --bootstrap-server kafka:9092 --command-config /secrets/setup.properties \
        --add --force --allow-principal "User:$principal" "$@" >/dev/null
}

allow ship --operation Write --operation Describe --topic bongsu.logs
allow ship --operation IdempotentWrite --cluster

allow parse --operation Read --operation Describe --topic bongsu.logs
for topic in bongsu.events bongsu.hits bongsu.alerts bongsu.dead-letters; do
    allow parse --operation Write --operation Describe --topic $topic
done
# What it has said of rules that cannot see.
allow parse --operation Read --topic bongsu.alerts
# It reads them, and writes those of correlations over correlations.
allow correlate --operation Read --operation Write --operation Describe --topic bongsu.hits
for topic in bongsu.alerts bongsu.dead-letters; do
    allow correlate --operation Write --operation Describe --topic $topic
done
for role in parse correlate; do
    allow $role --operation Read --operation Describe --topic bongsu.rules
    # Its group, its transactions, and its changelogs: all begin with the name of the application.
    allow $role --operation Read --operation Describe --group bongsu-$role --resource-pattern-type prefixed
    allow $role --operation Write --operation Describe --transactional-id bongsu-$role --resource-pattern-type prefixed
    allow $role --operation All --topic bongsu-$role- --resource-pattern-type prefixed
    allow $role --operation IdempotentWrite --cluster
done

for topic in bongsu.events bongsu.alerts bongsu.dead-letters; do
    allow index --operation Read --operation Describe --topic $topic
done
allow index --operation Write --topic bongsu.dead-letters
allow index --operation Read --operation Describe --group bongsu-index
allow index --operation IdempotentWrite --cluster
echo "rights given"
