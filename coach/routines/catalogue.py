"""The routines, in our own words.

Which parts there are follows the article that this programme is built from: dynamic stretching before a run,
static calf stretching after it, trunk and hip work, single-leg calf raises toward 50 on each leg, and 3 sets
of 6 to 8 slow single-leg heel drops. The exercises within the parts, their times and their order are our
choice.
"""

from __future__ import annotations

from coach.routines.exercise import Counted, Exercise, Guided

WARM_UP = Guided(
    "warm-up",
    "Warm-up: moving stretches before a run",
    "Muscle and tendon that are warm and have been through their whole range take up load more evenly.",
    (
        Exercise(
            "Brisk walk", "Walk on the spot or around, a little faster than usual. Let the arms swing.", 60
        ),
        Exercise(
            "Ankle circles",
            "Stand on one leg, hold on to something if you like. Draw slow, large circles with the other "
            "foot, both ways.",
            20,
            sides=2,
        ),
        Exercise(
            "Leg swings",
            "Hold on to a wall. Swing the free leg forward and back from the hip, loosely, a little higher "
            "each time. The trunk stays upright.",
            25,
            sides=2,
        ),
        Exercise(
            "Walking lunges",
            "Take a long step, let the back knee sink toward the ground, come up into the next step. "
            "The front heel stays down.",
            40,
        ),
        Exercise(
            "Calf pedals",
            "Hands on a wall, feet a step behind you. Press one heel to the ground while the other knee "
            "bends, then change, in a slow walking rhythm.",
            40,
        ),
        Exercise(
            "Double heel raises",
            "Both feet. Rise to the toes in one second, sink in two. Small at first, then all the way.",
            30,
        ),
        Exercise("High knees", "Run lightly on the spot with quick small steps, knees a little up.", 30),
    ),
)

COOL_DOWN = Guided(
    "cool-down",
    "Cool-down: still stretches after a run",
    "Calves that stay short pull on the tendon at every step; they are stretched when they are warm.",
    (
        Exercise("Easy walk", "Walk until your breath is calm.", 90),
        Exercise(
            "Calf stretch, straight knee",
            "Hands on a wall, one foot a long step back, its knee straight, its heel on the ground, toes "
            "forward. Lean in until the upper calf pulls gently. Hold still.",
            30,
            sides=2,
        ),
        Exercise(
            "Calf stretch, bent knee",
            "The same, with the back foot nearer and its knee bent. The pull moves down toward the heel. "
            "Hold still; it must not hurt.",
            30,
            sides=2,
        ),
        Exercise(
            "Front of the thigh",
            "Stand on one leg, hold on to something. Hold the other ankle behind you, knees side by side.",
            30,
            sides=2,
        ),
        Exercise(
            "Back of the thigh",
            "One heel on a low step, that knee almost straight. Bend forward from the hip with a long back.",
            30,
            sides=2,
        ),
        Exercise(
            "Hip flexor",
            "Kneel on one knee, the other foot in front. Move the hip forward without arching the back.",
            30,
            sides=2,
        ),
    ),
)

TRUNK_AND_HIPS = Guided(
    "trunk-and-hips",
    "Trunk and hips: strength that keeps the leg in line",
    "A hip that drops or a knee that falls inward has to be caught further down, by the foot and the tendon.",
    (
        Exercise(
            "Plank",
            "On forearms and toes, the body one straight line from head to heels. Breathe. On the knees if "
            "it sags.",
            40,
        ),
        Exercise(
            "Side plank",
            "On one forearm and the side of the foot, the hip lifted until the body is straight.",
            25,
            sides=2,
        ),
        Exercise(
            "Bridge on one leg",
            "On your back, knees bent. Lift the hip with one foot on the ground, the other leg straight, the "
            "hip level.",
            30,
            sides=2,
        ),
        Exercise(
            "Clam",
            "On your side, knees bent, feet together. Open the upper knee slowly and close it, without "
            "rolling back.",
            30,
            sides=2,
        ),
        Exercise(
            "Side leg lift",
            "On your side, legs straight. Lift the upper leg a hand's width or two, toes forward, and lower "
            "it slowly.",
            30,
            sides=2,
        ),
        Exercise(
            "Half squat on one leg",
            "Stand on one leg, bend the knee a little over the toes and come up. The knee stays in line with "
            "the foot, the hip stays level.",
            30,
            sides=2,
        ),
        Exercise(
            "Bird dog",
            "On hands and knees. Stretch one arm and the opposite leg, hold a breath, change. The back stays "
            "still.",
            40,
        ),
    ),
)

CALF_RAISES = Counted(
    "calf-raises",
    "Single-leg calf raises",
    "The calf helps the tendon for as long as it does not tire: 50 on each leg is what to work toward.",
    (
        "The pod stays on the shoe of the leg that works, as in running.",
        "Stand on that leg, a finger on the wall for balance, the knee straight.",
        "Rise to the toes, all the way; sink slowly until the heel touches the ground. Rest when it shakes.",
    ),
    sets=3,
    reps=50,
    sets_enough=1,
    lowering_s=2.0,
    rest_s=60.0,
)

HEEL_DROPS = Counted(
    "heel-drops",
    "Eccentric heel drops",
    "Lowering slowly under load is what a sore tendon has been shown to take to best.",
    (
        "The pod stays on the shoe of the leg that works, as in running.",
        "Stand with the balls of both feet on the edge of a step, hold on to something.",
        "Rise with both feet, then lift the other foot off.",
        "Sink on the one leg alone, slowly, until the heel is below the step. Put the other foot back and "
        "rise with both again.",
    ),
    sets=3,
    reps=8,
    sets_enough=3,
    lowering_s=3.0,
    rest_s=90.0,
)

GUIDED = {routine.name: routine for routine in (WARM_UP, COOL_DOWN, TRUNK_AND_HIPS)}
COUNTED = {routine.name: routine for routine in (CALF_RAISES, HEEL_DROPS)}
