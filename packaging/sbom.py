"""Lists what a package contains as SPDX 2.3: sbom.py PROGRAM_FOLDER THIRD-PARTY-NOTICES.md VERSION. Names, versions and hashes come from the
program's dependency files, licences from the notices; the same input makes the same bytes."""
import base64
import datetime
import glob
import json
import os
import re
import sys
import uuid

folder, notices, version = sys.argv[1:]
epoch = int(os.environ["SOURCE_DATE_EPOCH"])
LICENCES = {"MIT License": "MIT", "ISC License": "ISC", "Apache License, Version 2.0": "Apache-2.0"}


def licences():
    """Reads the licence of each package: the first sentence of its section."""
    found = {}
    for section in open(notices, encoding="utf-8").read().split("\n## ")[1:]:
        names = re.findall(r"^- `([^`]+)`$", section, re.M)
        sentence = section.split("\n\n", 1)[1]
        licence = next(spdx for words, spdx in LICENCES.items() if sentence.startswith(words))
        found.update({name: licence for name in names})
    return found


def package(name, number, licence, sha512=None):
    entry = {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", f"{name}-{number}"),
        "name": name,
        "versionInfo": number,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    }
    if sha512:
        entry["checksums"] = [{"algorithm": "SHA512", "checksumValue": base64.b64decode(sha512.split("-", 1)[1]).hex()}]
        entry["externalRefs"] = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": f"pkg:nuget/{name}@{number}"}]
    return entry


known, packages = licences(), {}
for file in sorted(glob.glob(os.path.join(folder, "**", "*.deps.json"), recursive=True)):
    for key, library in json.load(open(file, encoding="utf-8"))["libraries"].items():
        name, number = key.split("/")
        if library["type"] == "package":
            packages[key] = package(name, number, known[name], library["sha512"])
        elif library["type"] == "runtimepack":
            packages[key] = package(name.removeprefix("runtimepack."), number, "MIT")
product = package("culvert", version, "MIT")
listed = [product] + [packages[key] for key in sorted(packages)]
document = {
    "spdxVersion": "SPDX-2.3",
    "dataLicense": "CC0-1.0",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": f"culvert-{version}",
    "documentNamespace": "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(listed, sort_keys=True))),
    "creationInfo": {
        "created": datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "creators": ["Tool: packaging/sbom.py"],
    },
    "packages": listed,
    "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": product["SPDXID"]}]
    + [{"spdxElementId": product["SPDXID"], "relationshipType": "CONTAINS", "relatedSpdxElement": entry["SPDXID"]} for entry in listed[1:]],
}
json.dump(document, sys.stdout, indent=1, sort_keys=True)
print()
