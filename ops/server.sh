# shellcheck shell=bash disable=SC2154 # dev defines dev, run, port
# The coffee binary: build, demo data, the server in the background, the tour.

target_dir() {
    cargo metadata --format-version 1 --no-deps --offline 2>/dev/null |
        sed -E 's/.*"target_directory":"([^"]*)".*/\1/'
}

# Path of the binary that ./dev up built last.
binary() {
    local profile=debug
    [[ ! -s $dev/profile ]] || profile=$(<"$dev/profile")
    echo "$(target_dir)/$profile/coffee"
}

build() {
    say "building coffee"
    cargo build --locked "$@" </dev/null 9>&-
}

# Loads the demo data once per data set and pair of stores; the collections are partner 1's.
import_demo() {
    local data=data/demo state file known=yes
    state="$(cksum $data/* | cksum) $(clickhouse_kind) $COFFEE__CLICKHOUSE__URL"
    mkdir -p "$dev/postgres" "$dev/clickhouse"
    for file in "$dev/postgres/demo" "$dev/clickhouse/demo"; do
        [[ -f $file && $(<"$file") == "$state" ]] || known=''
    done
    [[ -z $known ]] || return 0
    say "importing the demo data"
    "$(binary)" import youtube-trending $data/youtube_trending_india_2017_2018.csv.zst \
        $data/youtube_trending_india_2020_08_with_tags.csv.zst --categories $data/youtube_categories.csv.zst
    "$(binary)" import instagram $data/instagram_influencers_2022_09.csv.zst
    "$(binary)" token --partner-id 1 --account-id 11 --user-id 101 --plan SAAS >/dev/null
    "$(binary)" import collections $data/collections.csv --partner-id 1 --account-id 11
    for file in "$dev/postgres/demo" "$dev/clickhouse/demo"; do echo "$state" >"$file"; done
}

# Starts the server, or restarts it when its binary or its configuration is another one now.
serve() {
    local program state name
    program=$(binary)
    state=$(env | grep '^COFFEE__' | sort | cksum)
    if running coffee; then
        if [[ "/proc/$(pid_of coffee)/exe" -ef $program && $(cat "$run/coffee.state" 2>/dev/null) == "$state" ]]; then
            switch_on
            return
        fi
        say "restarting the server: its build or configuration has changed"
        stop_server
    fi
    sweep coffee
    for name in api ops; do
        ! listening "${port[$name]}" || die "port ${port[$name]} is taken: set DEV_PORT_${name^^} to a free one"
    done
    echo "$state" >"$run/coffee.state"
    spawn coffee "$root" "$program" serve
    switch_on
}

# Waits for longer than a stop takes: twice server.drain_timeout_secs, and a few seconds.
stop_server() { stop coffee TERM 65; }

operations() { http --fail --max-time 5 "${@:2}" "http://127.0.0.1:${port[ops]}$1"; }

switch_on() {
    ready coffee 60 operations /readyz
    operations '/heartbeat/?beat=true' -X PUT >/dev/null || die "the heartbeat could not be switched on"
}

# Prints a token and three requests; the first one is made here, for an id that exists.
print_tour() {
    local token url=http://127.0.0.1:${port[api]} search found id headers
    search='{"filters":[]}'
    token=$("$(binary)" token --partner-id 1 --account-id 11 --user-id 101 --plan SAAS) || die "no token"
    headers="-H 'Authorization: Bearer $token' -H 'x-bb-clientid: demo'"
    local json="-H 'Content-Type: application/json'"
    local by_views="$url/discovery-service/api/profile/YOUTUBE/search?size=3&sortBy=views_count&sortDir=DESC"
    found=$(http -H "Authorization: Bearer $token" -H 'x-bb-clientid: demo' -H 'Content-Type: application/json' \
        -d "$search" "$by_views") || die "the server does not answer at $url"
    id=$(grep -oE '"platformCode":"[0-9]+"' <<<"$found" | head -n 1 | tr -dc 0-9 || true)
    [[ -n $id ]] || die "the first search found nobody: $found"
    cat <<TEXT

coffee is running: $url (operations: http://127.0.0.1:${port[ops]})
log: .dev/log/coffee.log

Token:
$token

Search, a profile, the leaderboard:

curl -sS $headers $json -d '$search' '$by_views'

curl -sS $headers '$url/discovery-service/api/profile/YOUTUBE/$id'

curl -sS $headers $json -d '{"filters":[{"filterType":"EQ","field":"month","value":"2018-05-01"}]}' '$url/leaderboard-service/api/leaderboard/YOUTUBE?size=3&sortBy=views'
TEXT
}
