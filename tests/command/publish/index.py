"""What the command is given to publish to the private index."""

USER, PASSWORD = "ada", "corr3ct-h0rse"
PUBLISH = "lock-package --publish --repository internal"
CREDENTIALS = f"--username {USER} --password {PASSWORD}"
