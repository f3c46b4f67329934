#!/usr/bin/env bash
# From a sender to a recipient and back with aws, curl, openssl (3) and jq: nothing of the exchange's own is needed.
#   RENKEI_URL=http://127.0.0.1:… journey.sh SENDER_CODE RECIPIENT_CODE FILE
# FILE: one of the national standard that is a transmission by itself (UPJSK_…); who sends it to whom stands in its name. The codes enrol a device of each.
set -euo pipefail

sender_code=$1 recipient_code=$2 file=$3
name=$(basename "$file")
IFS=_ read -r _ _ sender _ recipient recipient_type _ <<<"${name%.CSV}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# sign OFFICE TYP CLAIMS: a compact JWS (RFC 7515), EdDSA over Ed25519 (RFC 8037)
sign() {
  local header message
  header=$(jq -cn --arg typ "$2" --arg kid "$(cat "$work/$1.kid")" '{typ: $typ, alg: "EdDSA", kid: $kid}')
  message=$(printf %s "$header" | base64url).$(printf %s "$3" | base64url)
  printf %s "$message" >"$work/message"
  printf '%s.%s' "$message" "$(openssl pkeyutl -sign -rawin -inkey "$work/$1.pem" -in "$work/message" | base64url)"
}

# api OFFICE METHOD PATH [CURL'S ARGUMENTS]: one call with a token for it; a problem (RFC 9457) goes to stderr and ends the script
api() {
  local office=$1 method=$2 path=$3 now token
  shift 3
  now=$(date +%s)
  token=$(sign "$office" renkei-token+jwt "$(jq -cn --arg iss "$office" --arg aud "$RENKEI_URL" --argjson now "$now" --arg jti "$(uuid)" \
    --arg htm "$method" --arg htu "$path" '{iss: $iss, aud: $aud, iat: $now, exp: ($now + 300), jti: $jti, htm: $htm, htu: $htu}')")
  answer curl -X "$method" -H "Authorization: Bearer $token" "$@" "$RENKEI_URL$path"
}

answer() {
  local status
  status=$("$@" --silent --show-error --output "$work/answer" --write-out '%{http_code}')
  case $status in
    2??) cat "$work/answer" ;;
    *) cat "$work/answer" >&2; return 1 ;;
  esac
}

uuid() { cat /proc/sys/kernel/random/uuid; }

# enrol OFFICE CODE: a key pair, its id (RFC 7638), and the code that registers it
enrol() {
  local x jwk proof
  openssl genpkey -algorithm ed25519 -out "$work/$1.pem"
  x=$(openssl pkey -in "$work/$1.pem" -pubout -outform DER | tail -c 32 | base64url)
  jwk=$(jq -cn --arg x "$x" '{crv: "Ed25519", kty: "OKP", x: $x}')
  printf %s "$jwk" | openssl dgst -sha256 -binary | base64url >"$work/$1.kid"
  proof=$(sign "$1" renkei-proof+jwt "$(jq -cn --arg iss "$1" --arg aud "$RENKEI_URL" --arg jti "${2:0:4}" '{iss: $iss, aud: $aud, jti: $jti}')")
  jq -cn --arg office "$1" --arg code "$2" --argjson key "$jwk" --arg proof "$proof" \
    '{office: $office, code: $code, public_key: $key, name: "shell", proof: $proof}' |
    answer curl -X POST -H 'Content-Type: application/json' --data-binary @- "$RENKEI_URL/v1/enrolments"
  echo
}

# credentials OFFICE: for S3, for an hour
credentials() { api "$1" POST /v1/credentials >"$work/$1.s3"; }

# s3 OFFICE COMMAND…: aws s3api with them
s3() {
  local given=$work/$1.s3
  shift
  AWS_ACCESS_KEY_ID=$(jq -r .access_key_id "$given") AWS_SECRET_ACCESS_KEY=$(jq -r .secret_access_key "$given") \
    AWS_SESSION_TOKEN=$(jq -r .session_token "$given") AWS_DEFAULT_REGION=$(jq -r .region "$given") \
    aws --endpoint-url "$(jq -r .endpoint "$given")" s3api "$@" --bucket "$(jq -r .bucket "$given")"
}

enrol "$sender" "$sender_code"
enrol "$recipient" "$recipient_code"
credentials "$sender"
credentials "$recipient"

# the manifest, and the upload with it
jti=$(uuid)
transmission=$sender-$jti
digest=$(openssl dgst -sha256 -binary "$file" | base64url)
manifest=$(sign "$sender" renkei-manifest+jwt "$(jq -cn --arg iss "$sender" --arg aud "$recipient-$recipient_type" --arg jti "$jti" --argjson iat "$(date +%s)" \
  --arg name "$name" --argjson size "$(wc -c <"$file")" --arg sha256 "$digest" \
  '{iss: $iss, aud: [$aud], jti: $jti, iat: $iat, name: $name, size: $size, sha256: $sha256}')")
s3 "$sender" put-object --key "outbox/$sender/$jti" --body "$file" --metadata "manifest=$manifest" --checksum-algorithm SHA256

# stored is not yet delivered: delivery.json in the recipient's inbox, or a report in the sender's returns, says how it ended
tries=0
until s3 "$recipient" get-object --key "inbox/$recipient/$transmission/delivery.json" "$work/delivery.json" >"$work/got" 2>"$work/no"; do
  if s3 "$sender" get-object --key "returns/$sender/$transmission.json" "$work/report.json" >"$work/got" 2>"$work/no"; then
    jq . "$work/report.json" >&2
    exit 1
  fi
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || { cat "$work/no" >&2; exit 1; }
  sleep 0.2
done

# the recipient: what came, byte for byte, and the answer to it
s3 "$recipient" list-objects-v2 --prefix "inbox/$recipient/$transmission/" --query 'Contents[].[Key, Size]' --output text
key=$(jq -r '.files[0].key' "$work/delivery.json")
s3 "$recipient" get-object --key "$key" "$work/received" >"$work/got"
cmp "$file" "$work/received"
api "$recipient" POST "/v1/inbox/$transmission/acknowledgement" --json '{"outcome":"imported","note":"from the shell"}' >"$work/acknowledged"

# the sender sees it
api "$sender" GET "/v1/transmissions/$transmission" >"$work/sent"
jq -e '.deliveries[0] | {status, outcome, note} == {status: "acknowledged", outcome: "imported", note: "from the shell"}' "$work/sent"
