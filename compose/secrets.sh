#!/bin/bash
# Makes, once, every secret that the parts need to trust each other: a CA, certificates, passwords. They are in the volume
# "secrets", one folder for each reader, which mounts that folder only. To have new ones: docker compose down, remove the
# volumes, up. Runs in the image of Elasticsearch, for its certutil.
set -euo pipefail
umask 077
secrets=${SECRETS:-/secrets}
cd "$secrets"

if [ -e done ]; then
    echo "the secrets are there"
    exit 0
fi
rm -rf -- * && mkdir -p elasticsearch kafka kibana ship parse correlate index setup rights
word() { head -c 512 /dev/urandom | tr -dc 'A-Za-z0-9' | head -c 32; }

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
# It goes to its own folder first, so every path is absolute.
certutil=${CERTUTIL:-/usr/share/elasticsearch/bin/elasticsearch-certutil}
$certutil ca --silent --pem --out "$made/ca.zip"
unzip -q -o "$made/ca.zip" -d "$made"
cert() { # NAME, more names for it, then what certutil takes
    name=$1
    names=$name,localhost${2:+,$2}
    shift 2
    $certutil cert --silent --name "$name" --dns "$names" --ip 127.0.0.1 \
        --ca-cert "$made/ca/ca.crt" --ca-key "$made/ca/ca.key" "$@"
}
cert elasticsearch "" --pem --out "$made/elasticsearch.zip"
unzip -q -o "$made/elasticsearch.zip" -d "$made"
# What the shipper shows to senders over TLS.
cert ship "${LISTENER_NAMES:-}" --pem --out "$made/ship.zip"
unzip -q -o "$made/ship.zip" -d "$made"
# Kafka wants PKCS#8, which certutil does not write; a PKCS#12 has to have a password, and this one keeps nobody out.
cert kafka "" --pass bongsu --out "$secrets/kafka/kafka.p12"
# The key of the CA is not kept: nobody can make more certificates that our parts believe.
rm -f "$made/ca/ca.key" "$made/ca.zip"

ca=$made/ca/ca.crt
cp "$ca" elasticsearch/ca.crt
cp "$made"/elasticsearch/elasticsearch.{crt,key} elasticsearch/
cp "$made/ship/ship.crt" ship/listener.crt
cp "$made/ship/ship.key" ship/listener.key
word >elasticsearch/elastic.password
cp elasticsearch/elastic.password rights/elastic.password
cp "$ca" rights/ca.crt

# Kafka's users.
cp "$ca" kafka/ca.crt
{
    echo 'KafkaServer {'
    echo '  org.apache.kafka.common.security.plain.PlainLoginModule required'
    for user in ship parse correlate index setup; do
        word >"$user/kafka.password"
        echo "  user_$user=\"$(cat "$user/kafka.password")\""
    done
    echo '  ;'
    echo '};'
} >kafka/jaas.conf
{
    echo 'security.protocol=SASL_SSL'
    echo 'sasl.mechanism=PLAIN'
    echo "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"setup\" password=\"$(cat setup/kafka.password)\";"
    echo 'ssl.truststore.type=PEM'
    echo 'ssl.truststore.location=/secrets/ca.crt'
} >kafka/setup.properties
for user in ship parse correlate index setup; do
    cp "$ca" "$user/ca.crt"
done

word >rights/kibana.password
{
    echo 'server.host: "0.0.0.0"'
    echo 'elasticsearch.hosts: ["https://elasticsearch:9200"]'
    echo 'elasticsearch.username: kibana_system'
    echo "elasticsearch.password: \"$(cat rights/kibana.password)\""
    echo 'elasticsearch.ssl.certificateAuthorities: ["/secrets/ca.crt"]'
    echo "xpack.encryptedSavedObjects.encryptionKey: \"$(word)\""
    echo "xpack.security.encryptionKey: \"$(word)\""
    echo "xpack.reporting.encryptionKey: \"$(word)\""
} >kibana/kibana.yml
cp "$ca" kibana/ca.crt

# Each folder belongs to the user that its reader runs as: 1000 in the images of Elastic and Kafka, 10001 in ours. What
# rights.sh finds out it writes into the folders of index and setup.
chown -R 1000:0 elasticsearch kibana rights
chown -R 1000:1000 kafka
chown -R 10001:10001 ship parse correlate index setup
chmod 0711 "$secrets"
touch done
echo "secrets made"
