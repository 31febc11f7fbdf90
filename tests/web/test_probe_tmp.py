from tests.web.test_bad_input import *
from urllib.parse import quote
BIG=[str(2**31), str(2**63), "9"*30]
Q=["page=-1","page=%00","page="+"9"*30,"search=%00","search=%ff","action=%00","object=%ff","next=%00","next=//evil.example","code=%00","version=%00","version="+"9"*30,"version=-1","version="+str(2**40),"version="+str(2**63),"check=%00","ended=%00","search="+"x"*5000, "filter=%00","state=%00","sort=%00", "order=%00","lines=%00","lines="+"9"*30, "step=%00", "show=%ff","cards="+"9"*30]
def test_probe(region):
    app, found = region
    failed=set()
    clients = {name: browser(app, found, name) for name in SENDERS}
    for name, client in clients.items():
        for path in pages(app, found):
            if FlaskClient.open(client, path).status_code!=200: continue
            for q in Q:
                r=FlaskClient.open(client, path+"?"+q)
                if r.status_code>=500: failed.add((r.request.path,q,r.status_code))
    # big numbers in path
    for rule in app.url_map.iter_rules():
        for big in [*BIG, "%00", "%ff", "a%0d%0ab", "..%2f..%2fetc", "x"*3000]:
            for name in ("nobody","admin","lead","sender","judge","officer"):
                for stage in ("judging",):
                    values={**found.plain, **found.stages[roles.S.JUDGING], "name":"favicon.svg"}
                    for arg in rule.arguments:
                        path=rule.rule
                        import re
                        def sub(m):
                            n=m.group(0).strip("<>").split(":")[-1]
                            return big if n==arg else str(values[n])
                        path=re.sub(r"<[^>]*>", sub, path)
                        for method in ("GET","POST"):
                            r=FlaskClient.open(clients[name], path, method=method)
                            if r.status_code>=500: failed.add((rule.endpoint,arg,big[:10],r.status_code,method))
    assert not failed, "\n".join(map(str,sorted(map(str,failed))))
