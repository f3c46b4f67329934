#!/usr/bin/env bash
# What an operator does before the first transmission, at an exchange of this machine: registers the two offices of a file, gives both a licence, and prints a
# one-time code for a device of each, the sender's first. May be repeated: each time there are new codes.
#   renkei local --data DATA &
#   offices.sh DATA FILE
set -euo pipefail

IFS=_ read -r -a parts <<<"$(basename "$2" .CSV)"
# KIND[_MONTH]_SENDER_TYPE_RECIPIENT_TYPE_STAMP
sender=${parts[-5]} sender_type=${parts[-4]} recipient=${parts[-3]} recipient_type=${parts[-2]}

admin() { renkei admin --data "$data" --json "$@"; }
data=$1

office() { # office NUMBER TYPE
  admin office add --office "$1" --name "Office $1" --service "$2" >&2
  admin licence grant --office "$1" --kind paid --first "$(TZ=Asia/Tokyo date +%F)" >&2
  admin code --office "$1" | jq -r .code
}

office "$sender" "$sender_type"
office "$recipient" "$recipient_type"
