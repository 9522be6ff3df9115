"""Every kind of step can be told and drawn: whoever adds one is told here what it still lacks."""

from __future__ import annotations

from typing import get_args

import pytest

import hudnal
from hudnal.course.steps.kind import Family
from hudnal.language import LANGUAGES, Words
from hudnal.report.figures.session import COLOURS
from hudnal.report.words.plan import tell_home_steps, tell_session
from hudnal.report.words.sentences import LATER_SENTENCES, SENTENCES
from hudnal.treatment.steps import AFTERCARE_STEPS, SESSION_STEPS

SESSION, AFTERCARE = SESSION_STEPS, AFTERCARE_STEPS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_step_has_a_sentence(language):
    lacking = [
        kind.name
        for kinds, own in ((SESSION, SENTENCES), (AFTERCARE, LATER_SENTENCES))
        for kind in kinds
        if kind.name not in own and not Words(language).has(f"steps.{kind.name}")
    ]
    assert not lacking, (
        f"Nothing tells these steps in {language}: {', '.join(lacking)}. Add the text steps.NAME, whose gaps are the "
        f"step's fields, to src/hudnal/language/{language}.yaml, or a function to SENTENCES in report/words/sentences.py."
    )


@pytest.mark.parametrize(("kinds", "table"), [(SESSION, SENTENCES), (AFTERCARE, LATER_SENTENCES)])
def test_nothing_is_kept_for_a_kind_that_is_gone(kinds, table):
    gone = table.keys() - {kind.name for kind in kinds}
    assert not gone, f"No step is called {', '.join(sorted(gone))}: take it out of report/words/sentences.py."


def test_every_family_of_steps_has_a_colour():
    lacking = set(get_args(Family)) - COLOURS.keys()
    assert not lacking, (
        f"No colour for {', '.join(lacking)}: add it to COLOURS in src/hudnal/report/figures/session.py."
    )


PLAN = {
    "instrument": "dermaroller-mf8",
    "session": [
        {"reuse": {"times": 3, "shared": True, "cleaned": "alcohol"}},
        {"numb": {"with": "emla", "for": "90 min", "covered": False}},
        {"anaesthesia": {"by": "block", "dose": "60 mg"}},
        {"anaesthesia": "vibration"},
        "wash",
        {"shave": {"dry": True}},
        "disinfect",
        {"repeat": {"rounds": 2, "steps": [{"roll": {"back_and_forth": 3, "directions": [0, 45]}}, "clean"]}},
        {"roll": {"strokes": 3, "skin": "25 N/m", "force": "4.5 N"}},
        {"pen": {"with": "skinpen", "depth": "0.75 mm", "skin": "taut"}},
        {
            "stamp": {
                "with": {"kind": "stamp", "length": "0.5 mm", "needles": 9, "head_width": "8 mm"},
                "times": 3,
            }
        },
        {"spread": {"what": "sterile-saline", "amount": "3.5 mg/cm2"}},
        {"spread": {"what": "vitamin-c-serum", "amount": "2 pumps"}},
        "seal",
        {"peel": {"with": "dermabrasion", "depth": "0.15 mm"}},
        {"laser": {"density": "212.5 /cm2", "diameter": "120 um", "depth": "0.8 mm", "ablative": False}},
        {"wait": {"for": "36 h"}},
        {"sun": {"for": "30 min", "protected": True}},
    ],
    "aftercare": [
        {
            "apply": {
                "what": "panthenol-5",
                "amount": "1 FTU",
                "every": "12 h",
                "from": "2 h",
                "for": "10 day",
            }
        },
        {"seal": {"every": "2 day", "for": "3 day"}},
        {"sun": {"from": "1 week", "for": "1 h"}},
        {"sun": {"from": "1 day", "for": "2 h", "protected": True}},
    ],
    "course": {"sessions": 3, "interval": "3 week", "follow_up": "20 week"},
}
TOLD = {
    "en": [
        "The instrument had been used 3 times before, on somebody else, and cleaned with alcohol.",
        "Numbing cream: EMLA 25/25\u202fmg/g, 150\u202fmg/cm², left on for 90\u202fmin, then wiped off.",
        "Nerve block: lidocaine, 60\u202fmg injected.",
        "Vibration beside the needles, which takes part of the pain.",
        "Washing: water and soap.",
        "Shaving: a dry razor.",
        "Disinfection: chlorhexidine in alcohol.",
        "2 rounds of:",
        "Rolling: Dermaroller MF8 (medical, 1.5\u202fmm), 6 strokes in 2 directions, 5\u202fN, skin relaxed.",
        "Wiping: blood and serum.",
        "Rolling: Dermaroller MF8 (medical, 1.5\u202fmm), 3 strokes in 1 direction, 4.5\u202fN, skin under 25\u202fN/m.",
        "Needling: SkinPen Precision, 4 passes, needles set to 0.75\u202fmm, skin held taut.",
        "Stamping: stamp (0.5\u202fmm), 3 presses, skin relaxed.",
        "Spread on: sterile saline, 3.5\u202fmg/cm².",
        "Spread on: vitamin C serum 15\u202f%, 2 pumps in all, which is 10\u202fmg/cm².",
        "Cover: petroleum jelly.",
        "Peeling: dermabrasion, 0.15\u202fmm deep.",
        "Fractional laser that leaves the surface whole: 212.5 columns per cm², 120\u202fµm wide, 0.8\u202fmm deep.",
        "Waiting: 1.5 days.",
        "Sun: 30\u202fmin, protected.",
        "Every 12 hours for 10 days, from 2 hours after each session: panthenol 5\u202f%, 1 fingertip unit in all, which"
        " is 5.0\u202fmg/cm².",
        "Every other day for 3 days, from right after each session: petroleum jelly.",
        "1 week after each session: 1 hour in the sun.",
        "The day after each session: 2 hours in the sun, protected.",
        "3 sessions, 3 weeks apart, followed for 20 weeks after the last one.",
    ],
    "sv": [
        "Instrumentet hade använts 3 gånger tidigare, på någon annan, och rengjorts med sprit.",
        "Bedövningskräm: EMLA 25/25\u202fmg/g, 150\u202fmg/cm², fick verka i 90\u202fmin och torkades sedan av.",
        "Nervblockad: lidokain, 60\u202fmg injicerat.",
        "Vibration bredvid nålarna, som tar en del av smärtan.",
        "Tvätt: vatten och tvål.",
        "Rakning: torr rakhyvel.",
        "Desinfektion: klorhexidinsprit.",
        "2 varv:",
        "Rullning: Dermaroller MF8 (medicinsk, 1,5\u202fmm), 6 drag i 2 riktningar, 5\u202fN, huden avslappnad.",
        "Avtorkning: blod och serum.",
        "Rullning: Dermaroller MF8 (medicinsk, 1,5\u202fmm), 3 drag i 1 riktning, 4,5\u202fN, huden under en spänning av"
        " 25\u202fN/m.",
        "Nålning: SkinPen Precision, 4 svep, nålarna ställda på 0,75\u202fmm, huden spänd.",
        "Stämpling: stämpel (0,5\u202fmm), 3 tryck, huden avslappnad.",
        "Påstruket: steril koksaltlösning, 3,5\u202fmg/cm².",
        "Påstruket: C-vitaminserum 15\u202f%, 2 pumptryck totalt, alltså 10\u202fmg/cm².",
        "Täckning: vaselin.",
        "Peeling: dermabrasion, 0,15\u202fmm djup.",
        "Fraktionerad laser som lämnar ytan hel: 212,5 kolonner per cm², 120\u202fµm breda, 0,8\u202fmm djupa.",
        "Väntan: 1,5 dagar.",
        "Sol: 30\u202fmin, med solskydd.",
        "Var 12:e timme i 10 dagar, med början 2 timmar efter varje behandling: pantenol 5\u202f%, 1 fingertoppsenhet"
        " totalt, alltså 5,0\u202fmg/cm².",
        "Varannan dag i 3 dagar, med början direkt efter varje behandling: vaselin.",
        "1 vecka efter varje behandling: 1 timme i solen.",
        "Dagen efter varje behandling: 2 timmar i solen, med solskydd.",
        "3 behandlingar med 3 veckor emellan, uppföljning i 20 veckor efter den sista.",
    ],
}


@pytest.mark.parametrize("language", TOLD)
def test_what_a_person_reads_of_every_kind(language):
    treatment, words = hudnal.load(PLAN), Words(language)

    def flatten(lines):
        for line in lines:
            yield line.text
            yield from flatten(line.inner)

    told = [*flatten(tell_session(treatment, words)), *tell_home_steps(treatment, words)]
    assert told == TOLD[language]
    assert {kind.name for kind in SESSION} == {step.name for _, step in treatment.walk_steps()}
