# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection assumes about the services without having checked it with a live account. Each has a number.

`docs/assumptions.md` is made from this table, and `grantops.cloud.probe` finds out which of them hold for an account.
"""

from __future__ import annotations

from typing import NamedTuple

READING, WRITING, NOTHING = "reading", "writing", "nothing"


class Assumption(NamedTuple):
    """One assumption. Its number never changes its meaning and is never used again."""

    number: str
    system: str  # as in grants
    assumed: str
    source: str  # `document`, `client` (an official client assumes it too), `undocumented`, or how two sources differ
    seen_by: str  # what shows whether it holds: READING, WRITING, or NOTHING
    otherwise: str  # what the collection does where it does not hold
    shown_by: tuple[str, ...] = ()  # tests that show that, below `tests`: file::test
    confirmed: str | None = None  # the day on which a live account confirmed it


UFILE, UROCKETMQ, ROCKETMQ, ROMA = "ucloud_ufile", "ucloud_urocketmq", "huaweicloud_rocketmq", "huaweicloud_roma"

ODD = "functional/test_odd_services.py::"
USER = "unit/plugins/module_utils/_huaweicloud/test_rocketmq_user.py::"
PROBE = "functional/test_probe_harm.py::"
RULES = "unit/plugins/module_utils/_access/test_rules.py::"

ASSUMPTIONS = (
    # -- UFile tokens ------------------------------------------------------------------------------
    Assumption(
        "A101", UFILE, "Without ProjectId the default project is meant.", "client", READING,
        "The refusal is told; project_id is the remedy. Nothing is written.",
        (PROBE + "test_a_project_that_is_needed_is_named",),
    ),
    Assumption(
        "A102", UFILE, "DescribeUFileToken shows the tokens of all regions though a Region is given.", "undocumented",
        READING, "Tokens are read without a Region, so that one elsewhere is not made a second time.",
        (ODD + "test_no_second_token_because_of_a_region",),
    ),
    Assumption(
        "A103", UFILE, "Without a Region, DescribeUFileToken shows the tokens of all regions.", "undocumented", READING,
        "Where the region of the task is not among those that are shown, its tokens are read as well.",
        (PROBE + "test_a_default_region_hides_no_token_of_the_task",),
    ),
    Assumption(
        "A104", UFILE, "A TokenId that does not exist is answered by RetCode 15040.", "document", READING,
        "An empty DataSet means the same. Any other code is a refusal, never `absent`.",
        (ODD + "test_a_token_that_is_not_there_is_told", "functional/test_privileges.py::test_no_refusal_is_read_as_absent_or_empty"),
    ),
    Assumption(
        "A105", UFILE, "Each token is shown with its Region.", "document; its examples lack it", READING,
        "The region of the task is sent with a write; without one, nothing is deleted.",
        ("functional/test_life_delete.py::test_a_token_is_not_deleted_without_a_region",),
    ),
    Assumption(
        "A106", UFILE, "The name of a token is called TokenName.", "document; one example has TolenName", READING,
        "Both are understood.", (ODD + "test_a_misspelt_name_still_finds_the_token",),
    ),
    Assumption(
        "A107", UFILE, "ExpireTime is a whole number.", "document; one example has a fraction", READING,
        "A number with a fraction of zero is understood, any other is an error.",
        (ODD + "test_odd_responses_are_understood",),
    ),
    Assumption(
        "A108", UFILE, "RetCode is a number.", "document; clients have seen text", READING, "Text is understood.",
        (ODD + "test_odd_responses_are_understood",),
    ),
    Assumption(
        "A109", UFILE, "A list that is left out of UpdateUFileToken stays as it is.", "undocumented", WRITING,
        "Each write sends all three lists, as they were read.",
        (PROBE + "test_no_list_is_left_out_of_a_write",),
    ),
    Assumption(
        "A110", UFILE, "Two tokens may have one name.", "undocumented", WRITING,
        "A name that exists is never created again; one that stands for two is an error.",
        (PROBE + "test_names_that_must_be_unique_do_no_harm", "functional/test_life_create.py::test_two_of_one_name_are_not_guessed_at"),
    ),
    Assumption(
        "A111", UFILE, "A new token has the name that was asked for.", "undocumented", WRITING,
        "It is an error that says both names, and no second one is made.",
        ("functional/test_life_create.py::test_of_a_tidied_name_no_run_makes_a_second_one",),
    ),
    Assumption(
        "A112", UFILE, "UpdateUFileToken cannot change BlackIPList and WhiteIPList.",
        "document; an official client sends them", WRITING, "A task that would change them is refused.",
        ("functional/test_life_create.py::test_addresses_are_set_when_a_token_is_created",),
    ),
    Assumption(
        "A113", UFILE, "The next read shows what was written.", "undocumented", WRITING,
        "A write is read back until it shows or verify_timeout is over; then it is an error.",
        ("functional/test_failures.py::test_a_slow_service_is_waited_for",),
    ),
    Assumption(
        "A114", UFILE, "UpdateUFileToken takes TOKEN_DENY_UPDATE.", "only the document of CreateUFileToken has it",
        WRITING, "The refusal is told, and nothing has changed.",
        (PROBE + "test_a_value_that_is_refused_changes_nothing",),
    ),
    Assumption(
        "A115", UFILE, "The object store itself follows a change within five minutes.", "document", NOTHING,
        "Nothing can: only what the API shows is verified.",
    ),
    Assumption(
        "A116", UFILE, "An allowed prefix is text: `reports` also allows `reports-secret/`.", "client", NOTHING,
        "A report of access counts it so, which is the wider reading.",
        (RULES + "test_a_ufile_token_allows_each_operation_in_each_bucket_below_each_prefix",),
    ),
    # -- URocketMQ tokens --------------------------------------------------------------------------
    Assumption(
        "A201", UROCKETMQ, "ListURocketMQToken lacks the topics of a token.", "document", READING,
        "Topics that the list has are taken from it; else each token with PART is read by itself.",
        (PROBE + "test_topics_in_the_list_of_tokens_are_taken",),
    ),
    Assumption(
        "A202", UROCKETMQ, "A permission is ALL, NONE or PART.", "client", READING,
        "Another word is shown as it is, and written only where a task says so.",
        (PROBE + "test_a_permission_of_another_word_is_kept",),
    ),
    Assumption(
        "A203", UROCKETMQ, "The topics of a token are one text with commas.", "client", READING,
        "Another form is an error, and nothing is written.",
        ("unit/plugins/module_utils/_ucloud/test_urocketmq_token.py::test_a_list_of_another_type_in_a_token_is_an_error",),
    ),
    Assumption(
        "A204", UROCKETMQ, "A TokenId that does not exist is refused, by whichever RetCode.", "undocumented", READING,
        "Only the list of tokens says that a token does not exist; a response without the token is an error.",
        ("unit/plugins/module_utils/_ucloud/test_urocketmq_token.py::test_a_get_without_the_token_is_an_error",),
    ),
    Assumption(
        "A205", UROCKETMQ, "GetURocketMQToken shows the secret only where Display asks for it.", "document", READING,
        "Whatever comes is kept out of results, errors and logs.",
        (PROBE + "test_a_secret_that_nobody_asked_for_is_not_shown",),
    ),
    Assumption(
        "A206", UROCKETMQ, "A list may name a topic that does not exist.", "undocumented", WRITING,
        "The refusal is told, and nothing has changed.",
        (PROBE + "test_topics_that_must_exist_are_told",),
    ),
    Assumption(
        "A207", UROCKETMQ, "With NONE, topics that are left out of an update are emptied.", "undocumented", WRITING,
        "Topics count with PART only, and PART is never written without its topics.",
        ("functional/test_failures.py::test_the_list_of_a_permission_that_is_not_part_has_no_meaning",),
    ),
    Assumption(
        "A208", UROCKETMQ, "Two tokens may have one name.", "undocumented", WRITING,
        "A name that exists is never created again; one that stands for two is an error.",
        (PROBE + "test_names_that_must_be_unique_do_no_harm", "functional/test_life_create.py::test_two_of_one_name_are_not_guessed_at"),
    ),
    Assumption(
        "A209", UROCKETMQ, "The next read shows what was written.", "undocumented", WRITING,
        "A write is read back until it shows or verify_timeout is over; then it is an error.",
        ("functional/test_failures.py::test_a_slow_service_is_waited_for",),
    ),
    Assumption(
        "A210", UROCKETMQ, "A new token has the name that was asked for.", "undocumented", WRITING,
        "It is an error that says both names, and no second one is made.",
        ("functional/test_life_create.py::test_of_a_tidied_name_no_run_makes_a_second_one",),
    ),
    # -- RocketMQ users ----------------------------------------------------------------------------
    Assumption(
        "A301", ROCKETMQ, "A user that does not exist is answered by HTTP 400 and DMS.00500972.", "document", READING,
        "Any other 400 or 404 that has no other meaning makes the list of users tell.",
        (ODD + "test_a_user_that_is_absent_in_other_words_is_absent", "functional/test_privileges.py::test_no_refusal_is_read_as_absent_or_empty"),
    ),
    Assumption(
        "A302", ROCKETMQ, "Users are shown with their keys, not with a mask.", "document", READING,
        "A mask is never written back: a task that changes such a user must give secret_key.",
        (USER + "test_a_masked_secret_is_not_sent_back", USER + "test_a_masked_secret_is_never_unchanged",),
    ),
    Assumption(
        "A303", ROCKETMQ, "The default permissions of an administrator are shown.", "document; seen blank", READING,
        "Blank is unknown: a task that changes such a user must give them.",
        (USER + "test_a_blank_permission_is_unknown",),
    ),
    Assumption(
        "A304", ROCKETMQ, "An offset past the end of the list of users gives an empty page.", "undocumented", READING,
        "DMS.40050010 is understood: the list is read again.",
        (USER + "test_a_page_past_the_end_is_a_list_that_is_read_again",),
    ),
    Assumption(
        "A305", ROCKETMQ, "Both permissions are written PUB|SUB.", "document", READING, "SUB|PUB is understood.",
        (ODD + "test_odd_responses_are_understood",),
    ),
    Assumption(
        "A306", ROCKETMQ, "A good response has no error_code.", "document", READING,
        "A code that means success is none; any other is a failure.", (ODD + "test_odd_responses_are_understood",),
    ),
    Assumption(
        "A307", ROCKETMQ, "UpdateUser replaces the whole user: a list that is left out is emptied.", "document", WRITING,
        "Each write sends the whole user, as it was read.", (PROBE + "test_no_list_is_left_out_of_a_write",),
    ),
    Assumption(
        "A308", ROCKETMQ, "An empty list empties the list.", "undocumented; Apache RocketMQ could not", WRITING,
        "What stays is an error, told at each run.",
        ("functional/test_failures.py::test_a_list_that_does_not_clear_is_an_error_each_time",),
    ),
    Assumption(
        "A309", ROCKETMQ, "An empty secret_key in an update keeps the key.", "documents say so; a client was refused",
        WRITING, "The key that was read is sent back, never an empty one.",
        (PROBE + "test_an_empty_key_is_never_sent",),
    ),
    Assumption(
        "A310", ROCKETMQ, "A group permission may be PUB.", "the table of the document lacks it, its example has it",
        WRITING, "The refusal is told, and nothing has changed.",
        (PROBE + "test_a_value_that_is_refused_changes_nothing",),
    ),
    Assumption(
        "A311", ROCKETMQ, "A permission may name a topic or group that does not exist.", "undocumented", WRITING,
        "The refusal is told, and nothing has changed.",
        (PROBE + "test_topics_that_must_exist_are_told",),
    ),
    Assumption(
        "A312", ROCKETMQ, "What is accepted takes effect.", "document; not on the basic edition of 5.x", WRITING,
        "What was ignored is an error that names it.", (USER + "test_an_edition_that_ignores_fields_is_an_error_that_names_them",),
    ),
    Assumption(
        "A313", ROCKETMQ, "The next read shows what was written.", "undocumented", WRITING,
        "A write is read back until it shows or verify_timeout is over; then it is an error.",
        ("functional/test_failures.py::test_a_slow_service_is_waited_for",),
    ),
    Assumption(
        "A314", ROCKETMQ, "CreateUser and UpdateUser answer with the user.", "document; another call became a job",
        WRITING, "Any good status is taken, and what was written is read back.",
        ("unit/plugins/module_utils/_huaweicloud/test_provider.py::test_a_write_succeeds_with_any_good_status",),
    ),
    Assumption(
        "A315", ROCKETMQ, "A DENY row denies though the default is wider.", "document; Apache RocketMQ falls back",
        NOTHING, "A report of access calls such a row unknown.",
        (RULES + "test_of_a_rocketmq_user_the_first_that_applies_counts",),
    ),
    Assumption(
        "A316", ROCKETMQ, "A new user has the name that was asked for.", "undocumented", WRITING,
        "It is an error that says both names, and no second one is made.",
        ("functional/test_life_create.py::test_of_a_tidied_name_no_run_makes_a_second_one",),
    ),
    # -- ROMA Connect topics -----------------------------------------------------------------------
    Assumption(
        "A401", ROMA, "Rows show the id of an application, not its key.", "documents differ", READING,
        "Rows are sent back as they were read; a new one has what the others have.",
        (ODD + "test_applications_by_id_or_by_key",),
    ),
    Assumption(
        "A402", ROMA, "ListRomaApp shows every application that has a row.", "undocumented", READING,
        "The row of another stays, and can be removed by its id.",
        (ODD + "test_an_application_that_is_not_listed_keeps_its_row_and_goes_by_it",),
    ),
    Assumption(
        "A403", ROMA, "Each row has the name of its application.", "document", READING,
        "It is looked up by the id or key.",
        (ODD + "test_an_application_that_is_not_listed_keeps_its_row_and_goes_by_it",),
    ),
    Assumption(
        "A404", ROMA, "A topic that does not exist is refused, by whichever code.", "undocumented", READING,
        "The list of topics tells; a topic that is shown though it does not exist cannot be written.",
        (PROBE + "test_a_topic_that_is_shown_and_does_not_exist_is_not_written",),
    ),
    Assumption(
        "A405", ROMA, "Tags have no blanks.", "document; seen `11 || 22`", READING, "Blanks mean nothing.",
        (ODD + "test_odd_responses_are_understood",),
    ),
    Assumption(
        "A406", ROMA, "The list of topics shows description and sensitive_word.", "document; seen null", READING,
        "What is not shown is left out of the write.", (ODD + "test_a_text_that_is_not_returned_is_left_out",),
    ),
    Assumption(
        "A407", ROMA, "The list of topics is whole where no limit is sent.", "document", READING,
        "A list that states another total is an error.", (PROBE + "test_a_part_of_the_topics_is_an_error",),
    ),
    Assumption(
        "A408", ROMA, "UpdateTopicAccessPolicy replaces all rows of a topic.", "undocumented", WRITING,
        "A row that stays is an error, told at each run.", (PROBE + "test_a_row_that_stays_is_an_error",),
    ),
    Assumption(
        "A409", ROMA, "BatchAddTopicAccessPolicy is offered.", "documents of 2025", WRITING,
        "The whole list is written instead.", (ODD + "test_applications_by_id_or_by_key",),
    ),
    Assumption(
        "A410", ROMA, "A new row takes what the other rows show, id or key.", "documents differ", WRITING,
        "A row that is not shown after the write is an error, which names app_id as the remedy.",
        (PROBE + "test_a_row_that_is_not_taken_is_an_error",),
    ),
    Assumption(
        "A411", ROMA, "The next read shows what was written.", "undocumented", WRITING,
        "A write is read back until it shows or verify_timeout is over; then it is an error.",
        ("functional/test_failures.py::test_a_slow_service_is_waited_for",),
    ),
    Assumption(
        "A412", ROMA, "An empty list of policies is taken, and takes the owner's right as well.", "undocumented", NOTHING,
        "The owner's row is sent with each write, unless purge_owner is true; a list that stays is an error.",
        ("functional/test_failures.py::test_a_list_that_does_not_clear_is_an_error_each_time",),
    ),
    Assumption(
        "A413", ROMA, "A write may hold 100 topics.", "undocumented", NOTHING,
        "The refusal is told with the topics that were not written.",
        (PROBE + "test_a_write_of_too_many_topics_is_told",),
    ),
    Assumption(
        "A414", ROMA, "A description or sensitive_word that is left out of a write stays.", "undocumented", NOTHING,
        "Both are sent as they were read.", (PROBE + "test_texts_are_never_left_out",),
    ),
    Assumption(
        "A415", ROMA, "Rows bind: SASL is on for the instance.", "document", NOTHING,
        "A report of access calls it assumed.",
        (RULES + "test_whether_sasl_is_on_is_assumed_unless_it_is_said",),
    ),
)  # fmt: skip
NUMBERS = {assumption.number: assumption for assumption in ASSUMPTIONS}
