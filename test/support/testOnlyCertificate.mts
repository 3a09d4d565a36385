/**
 * A certificate for loopback addresses that nobody has signed but itself, with its key, for tests of what happens
 * without a trusted certificate. Made for that alone (openssl req -x509): it protects nothing and is no secret.
 */
export const testOnlyCertificate = {
	key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPf7eUw4P8efXJzBU
SW9TSVP0nikzNiQkA1XWS9xH3fmhRANCAAS/tZ78r8/NlB8E+5tru5dCzHjt/8Kn
5z5ayITYM6uMnk49fK7Ri1GT3Dv9eNxUrB7ZjLwgMIi07w1CX4SQXlYy
-----END PRIVATE KEY-----
`,
	cert: `-----BEGIN CERTIFICATE-----
MIIBwzCCAWmgAwIBAgIUYXdre4bh7fJYN4GIYywX63tL1skwCgYIKoZIzj0EAwIw
KDEmMCQGA1UEAwwdVGVzdCBvbmx5OiBub3QgYSByZWFsIGZhY3RvcnkwIBcNMjYx
MTIyMDEzODA4WhgPMjEyNjEwMjkwMTM4MDhaMCgxJjAkBgNVBAMMHVRlc3Qgb25s
eTogbm90IGEgcmVhbCBmYWN0b3J5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
v7We/K/PzZQfBPuba7uXQsx47f/Cp+c+WsiE2DOrjJ5OPXyu0YtRk9w7/XjcVKwe
2Yy8IDCItO8NQl+EkF5WMqNvMG0wHQYDVR0OBBYEFGPA/Qr3mvQQU80ErRz0pvVG
FTh5MB8GA1UdIwQYMBaAFGPA/Qr3mvQQU80ErRz0pvVGFTh5MA8GA1UdEwEB/wQF
MAMBAf8wGgYDVR0RBBMwEYcEfwAAAYIJbG9jYWxob3N0MAoGCCqGSM49BAMCA0gA
MEUCIQCpnsM8hqsdNFYm8kn5IGNb1GvfxfSwMd9BoZVcBae8tQIgE8UciEo6UBwl
E6BvYfpsPBebd4GQkfmpG6teRtI/oIs=
-----END CERTIFICATE-----
`,
};
