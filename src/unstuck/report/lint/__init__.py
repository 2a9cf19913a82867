"""What `unstuck lint` prints: for people, for GitHub, for programs that read SARIF."""
