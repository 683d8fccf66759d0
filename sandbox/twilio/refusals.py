"""How Twilio refuses: a status and its own code, worded as twilio.com/docs/api/errors has it."""

from typing import Any

WORDS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid 'From' Number",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    21602: "Message body is required",
    21603: "A 'From' or 'MessagingServiceSid' is required",
    21604: "'To' phone number is required",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21656: "The ContentVariables parameter is invalid",
    21704: "The Messaging Service contains no phone numbers",
    63007: "Could not find a Channel with the specified From address",
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30032: "Toll-Free Number Has Not Been Verified",
    30034: "US A2P 10DLC - Message from an Unregistered Number",
    63003: "Channel could not find To address",
    63016: "Failed to send freeform message because you are outside the allowed window",
    63018: "Rate limit exceeded for Channel",
    63024: "Invalid message recipient",
    63032: "User's limitations for WhatsApp",
    63049: "Meta chose not to deliver this WhatsApp marketing message",
}


class TwilioError(Exception):
    """A refusal as the API words it."""

    def __init__(self, code: int, *, status: int = 400, more: str = "") -> None:
        super().__init__(code)
        self.code, self.status = code, status
        self.words = f"{WORDS[code]}{': ' if more else ''}{more}"

    def body(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.words,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def not_found() -> TwilioError:
    return TwilioError(20404, status=404)
