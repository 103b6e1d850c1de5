#!/bin/bash
# Gives each part the rights that it needs in Elasticsearch and no more: a password for Kibana, and API keys for the indexer
# (write events, dead letters and alerts, and see whether their template is there) and for setup (templates, policies,
# Kibana's saved objects). Can be repeated.
set -euo pipefail
umask 077
cd "${SECRETS:-/secrets}"
url=https://elasticsearch:9200

call() { # METHOD PATH BODY; curl reads what is secret, so that it is in no list of processes
    # Again, since a node that answers may not have its state yet, and says 503 until then.
    printf 'user = "elastic:%s"\n' "$(cat rights/elastic.password)" |
        curl --silent --show-error --fail-with-body --retry 12 --retry-delay 5 --retry-connrefused \
            --config - --cacert rights/ca.crt --request "$1" "$url$2" \
            --header 'Content-Type: application/json' --data @<(printf '%s' "$3")
}

call POST /_security/user/kibana_system/_password "{\"password\":\"$(cat rights/kibana.password)\"}" >/dev/null

key() { # NAME ROLE; writes the key to NAME/elasticsearch.key unless there is one
    [ -s "$1/elasticsearch.key" ] && return
    encoded=$(call POST /_security/api_key "{\"name\":\"bongsu-$1\",\"role_descriptors\":{\"bongsu-$1\":$2}}" |
        sed -n 's/.*"encoded":"\([^"]*\)".*/\1/p')
    [ -n "$encoded" ] || { echo "Elasticsearch made no key for $1" >&2; exit 1; }
    printf '%s' "$encoded" >"$1/elasticsearch.key"
    chown 10001:10001 "$1/elasticsearch.key"
    echo "key for $1 made"
}

key index '{
  "cluster": ["monitor"],
  "indices": [{
    "names": ["logs-bongsu.events-*", "logs-bongsu.dead-letters-*", "logs-bongsu.alerts-*", "logs-bongsu.alert-notes-*"],
    "privileges": ["index", "auto_configure"]
  }]
}'
key setup '{
  "cluster": ["monitor", "manage_index_templates", "manage_ilm"],
  "indices": [{"names": ["logs-bongsu.*"], "privileges": ["view_index_metadata", "monitor"]}],
  "applications": [{"application": "kibana-.kibana", "privileges": ["space_all"], "resources": ["*"]}]
}'
echo "rights given"
