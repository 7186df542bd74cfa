"""Words that name nobody, so that anonymized data may keep them."""


def words(text: str) -> frozenset[str]:
    """The words of a text, apart at its blanks."""
    return frozenset(text.split())


PROTOCOL = words(
    """
    account agent ai allotment application apps audio avp busy call cid click closed com conference deny device disabled
    ecallmgr emergency endpoint external fail failed false fax flat forward free freeswitch fs group hangup host http
    https hunt inbound internal invalid ip4 ip6 isup kazoo limits local localhost loopback media menu minute missed net
    null off offnet on onnet open out outbound park per phone public queue rec recording recordings resource rtp savp
    savpf service set sip sipinterface sips sofia tcp tel termination tls token transfer transport true type udp
    undefined urn user username uuid video voicemail webrtc ws wss
    """
)
# Callers who withheld who they are: to keep that tells nothing.
NOBODY = words("anonymous unknown unavailable restricted private")
FILE_ENDINGS = words("gif jpeg jpg json mp3 mp4 ogg pdf png tif tiff txt wav xml")
